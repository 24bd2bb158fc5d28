//! Where people are reached beside their inbox, and what they do not want to be told that way.

use async_trait::async_trait;
use mandate_model::{AutomationId, PrincipalId};
use mandate_runtime::platform::Unavailable;
use sqlx::SqliteConnection;

use super::{EmbeddedError, db::Embedded, directory::unavailable, seed::ContactSeed};
use crate::{
    mail::MailAddress,
    outbound::Target,
    outward::{Address, Addresses, Contact, Way},
    webhook::{SigningSecret, Webhook},
};

/// Keeps where a person is reached; what was said before is forgotten.
pub(super) async fn keep(
    conn: &mut SqliteConnection,
    person: &PrincipalId,
    contact: &ContactSeed,
) -> Result<(), sqlx::Error> {
    let sql = "insert into contact (person, mail, webhook, webhook_secret) values ($1, $2, $3, $4) \
               on conflict (person) do update set mail = excluded.mail, webhook = excluded.webhook, \
               webhook_secret = excluded.webhook_secret";
    sqlx::query(sql)
        .bind(person.to_string())
        .bind(contact.mail.as_ref().map(MailAddress::as_str))
        .bind(contact.webhook.as_ref().map(|webhook| webhook.target.as_str()))
        .bind(contact.webhook.as_ref().map(|webhook| webhook.secret.as_bytes()))
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    mail: Option<String>,
    webhook: Option<String>,
    webhook_secret: Option<Vec<u8>>,
}

/// Where a person is reached.
async fn of(conn: &mut SqliteConnection, person: &PrincipalId) -> Result<ContactSeed, EmbeddedError> {
    let sql = "select mail, webhook, webhook_secret from contact where person = $1";
    let row: Option<Row> = sqlx::query_as(sql).bind(person.to_string()).fetch_optional(conn).await?;
    let Some(Row { mail, webhook: target, webhook_secret: secret }) = row else { return Ok(ContactSeed::default()) };
    let mail = mail.map(|mail| MailAddress::parse(&mail)).transpose().map_err(EmbeddedError::Damaged)?;
    let webhook = match (target, secret) {
        (Some(target), Some(secret)) => Some(Webhook {
            target: Target::parse(&target).map_err(|error| EmbeddedError::Damaged(error.to_string()))?,
            secret: SigningSecret::from_bytes(secret).map_err(EmbeddedError::Damaged)?,
        }),
        _ => None,
    };
    Ok(ContactSeed { mail, webhook })
}

impl Embedded {
    /// Where a person is reached; nothing for who is unknown.
    pub async fn contact_of(&self, person: &PrincipalId) -> Result<ContactSeed, EmbeddedError> {
        let mut tx = self.inner.read().await?;
        of(&mut tx, person).await
    }

    /// Says where a person gets mail; `None`: nowhere.
    ///
    /// Errors: [`EmbeddedError::UnknownPrincipal`].
    pub async fn set_mail(&self, person: &PrincipalId, mail: Option<MailAddress>) -> Result<(), EmbeddedError> {
        self.change_contact(person, |contact| contact.mail = mail).await
    }

    /// Says where a person gets requests; `None`: nowhere.
    ///
    /// Errors: [`EmbeddedError::UnknownPrincipal`].
    pub async fn set_webhook(&self, person: &PrincipalId, webhook: Option<Webhook>) -> Result<(), EmbeddedError> {
        self.change_contact(person, |contact| contact.webhook = webhook).await
    }

    async fn change_contact(
        &self,
        person: &PrincipalId,
        change: impl FnOnce(&mut ContactSeed),
    ) -> Result<(), EmbeddedError> {
        let mut tx = self.inner.write().await?;
        let sql = "select exists (select 1 from person where id = $1)";
        let known: bool = sqlx::query_scalar(sql).bind(person.to_string()).fetch_one(&mut *tx).await?;
        if !known {
            return Err(EmbeddedError::UnknownPrincipal(person.clone()));
        }
        let mut contact = of(&mut tx, person).await?;
        change(&mut contact);
        keep(&mut tx, person, &contact).await?;
        tx.commit().await?;
        Ok(())
    }

    /// A person wants no messages of an automation by a way any more, or wants them again; whether that is new. Their inbox gets
    /// them all the same.
    pub async fn mute(
        &self,
        person: &PrincipalId,
        way: Way,
        automation: &AutomationId,
        muted: bool,
    ) -> Result<bool, EmbeddedError> {
        let sql = if muted {
            "insert into muted (person, way, automation) values ($1, $2, $3) on conflict do nothing"
        } else {
            "delete from muted where person = $1 and way = $2 and automation = $3"
        };
        let mut tx = self.inner.write().await?;
        let query = sqlx::query(sql).bind(person.to_string()).bind(way.as_str()).bind(automation.as_str());
        let new = query.execute(&mut *tx).await?.rows_affected() == 1;
        tx.commit().await?;
        Ok(new)
    }
}

#[async_trait]
impl Addresses for Embedded {
    async fn contact(
        &self,
        person: &PrincipalId,
        way: Way,
        automation: Option<&AutomationId>,
    ) -> Result<Contact, Unavailable> {
        let mut tx = self.inner.read().await.map_err(unavailable)?;
        let contact = of(&mut tx, person).await.map_err(|error| Unavailable(error.to_string()))?;
        let address = match way {
            Way::Mail => contact.mail.map(Address::Mail),
            Way::Webhook => contact.webhook.map(Address::Webhook),
        };
        let Some(address) = address else { return Ok(Contact::None) };
        let sql = "select exists (select 1 from muted where person = $1 and way = $2 and automation = $3)";
        let muted = sqlx::query_scalar(sql)
            .bind(person.to_string())
            .bind(way.as_str())
            .bind(automation.map(AutomationId::as_str));
        let muted: bool = muted.fetch_one(&mut *tx).await.map_err(unavailable)?;
        Ok(if muted { Contact::Muted } else { Contact::At(address) })
    }
}
