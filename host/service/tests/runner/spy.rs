//! A carrier that keeps what it was given, and says what the test tells it to say.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use mandate_service::{
    DeliveryState,
    mail::MailAddress,
    outbound::Target,
    outward::{Address, Carrier, Contact, Parcel, Setback, Way},
    webhook::{SigningSecret, Webhook},
};

use crate::{
    bench::Bench,
    fakes::{World, who},
};

pub struct Spy {
    world: Arc<World>,
    /// Everything that arrived, in order.
    pub got: Mutex<Vec<(Parcel, Address)>>,
    /// What it says to what arrived, in order; then that all is well.
    pub says: Mutex<VecDeque<Setback>>,
}

impl Spy {
    pub fn say(&self, what: Setback, times: usize) {
        self.says.lock().unwrap().extend(vec![what; times]);
    }

    /// The keys of what arrived, in order.
    pub fn keys(&self) -> Vec<String> {
        self.got.lock().unwrap().iter().map(|(parcel, _)| parcel.key.clone()).collect()
    }

    pub fn distinct(&self) -> BTreeSet<String> {
        self.keys().into_iter().collect()
    }
}

#[async_trait]
impl Carrier for Spy {
    async fn carry(&self, parcel: &Parcel, to: &Address) -> Result<(), Setback> {
        self.world.point("carry").await;
        self.got.lock().unwrap().push((parcel.clone(), to.clone()));
        self.world.point("carried").await;
        self.says.lock().unwrap().pop_front().map_or(Ok(()), Err)
    }
}

pub fn mail(address: &str) -> Contact {
    Contact::At(Address::Mail(MailAddress::parse(address).unwrap()))
}

pub fn webhook(url: &str) -> Contact {
    let secret = SigningSecret::from_bytes(vec![7; 32]).unwrap();
    Contact::At(Address::Webhook(Webhook { target: Target::parse(url).unwrap(), secret }))
}

/// A host with both ways; bob is reached by this one.
pub async fn reached_by(way: Way) -> (Bench, Arc<Spy>) {
    reached_in(Bench::with_concurrency(1).await, way).await
}

/// The same in this world.
pub async fn reached_in(bench: Bench, way: Way) -> (Bench, Arc<Spy>) {
    let spy = Arc::new(Spy { world: Arc::clone(&bench.world), got: Mutex::default(), says: Mutex::default() });
    {
        let mut script = bench.world.script();
        for way in Way::ALL {
            script.carriers.insert(way, spy.clone());
        }
        let contact = if way == Way::Mail { mail("bob@example.com") } else { webhook("https://example.com/bob") };
        script.contacts.insert((who("user:bob"), way), contact);
    }
    (bench.reopen().await, spy)
}

/// Where deliveries stand: to whom, by which way, how often tried.
pub async fn deliveries(bench: &Bench) -> Vec<(String, Way, DeliveryState, u32)> {
    let all = bench.service.deliveries().await.unwrap().into_iter();
    all.map(|record| (record.person.to_string(), record.view.way, record.view.state, record.attempts)).collect()
}
