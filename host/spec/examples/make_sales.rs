//! Writes `fixtures/sales/opportunities.csv`: 1,000 invented opportunities, the same ones every time.
//!
//! `cargo run -p mandate-spec --example make_sales`; a test holds that the committed file equals what this makes.

/// How many.
const COUNT: u32 = 1000;

/// The id of the first.
const FIRST: u32 = 1001;

const EMEA: [&str; 14] = [
    "ines", "lukas", "sofia", "giulia", "mateusz", "aino", "sean", "zeynep", "tendai", "ngozi", "katerina", "yusuf",
    "freya", "dimitra",
];
const AMER: [&str; 14] = [
    "carlos",
    "maya",
    "diego",
    "luana",
    "tyrone",
    "aiyana",
    "emilie",
    "hector",
    "grace",
    "kenji",
    "valentina",
    "marcus",
    "thuy",
    "nayeli",
];
const HEAD_OFFICE: [&str; 4] = ["amara", "henrik", "yuki", "claire"];

const THINGS: [&str; 14] = [
    "Cold storage",
    "Warehouse robots",
    "Label printers",
    "Forklift leasing",
    "Route planning",
    "Packing line",
    "Solar roof",
    "Dock doors",
    "Barcode scanners",
    "Pallet racks",
    "Fleet chargers",
    "Yard cameras",
    "Conveyor spares",
    "Stock audit",
];
const PLACES: [&str; 16] = [
    "Harbour", "Meadow", "Granite", "Juniper", "Kestrel", "Saffron", "Tamarind", "Falcon", "Willow", "Copper",
    "Baobab", "Glacier", "Marigold", "Obsidian", "Cedar", "Lagoon",
];
const KINDS: [&str; 10] = [
    "Foods",
    "Logistics",
    "Textiles, Ltd",
    "Pharma",
    "Paper",
    "Tools \"Pro\"",
    "Café Group",
    "Señal Media",
    "Optics",
    "Ferries",
];
const STAGES: [&str; 6] = ["lead", "qualified", "proposal", "negotiation", "won", "lost"];

/// A linear congruential generator: enough for data that only has to look alive.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % sides.max(1)
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        let at = self.roll(list.len());
        list.get(at).copied().unwrap_or_default()
    }
}

/// The whole file.
pub fn opportunities() -> Result<String, csv::Error> {
    let mut dice = Dice(2026);
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(["id", "title", "account", "region", "amount", "margin", "stage", "status", "owner", "closes"])?;
    for id in FIRST..FIRST + COUNT {
        writer.write_record(opportunity(id, &mut dice))?;
    }
    let bytes = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn opportunity(id: u32, dice: &mut Dice) -> [String; 10] {
    let (region, sellers): (&str, &[&str]) = match dice.roll(100) {
        0..48 => ("emea", &EMEA),
        48..92 => ("amer", &AMER),
        _ => ("hq", &HEAD_OFFICE),
    };
    let account = format!("{} {}", dice.pick(&PLACES), dice.pick(&KINDS));
    let title = format!("{} for {account}", dice.pick(&THINGS));
    // Many small ones, few big ones: in cents, up to 250,000.00.
    let cents = 50_000 + dice.roll(5000) * dice.roll(5000);
    let margin = if dice.roll(100) < 12 { String::new() } else { money(cents * (5 + dice.roll(41)) / 100) };
    let stage = dice.pick(&STAGES);
    let status = if matches!(stage, "won" | "lost") { "closed" } else { "open" };
    let owner = if dice.roll(100) < 8 { String::new() } else { format!("user:{}", dice.pick(sellers)) };
    let closes = format!("20{}-{:02}-{:02}T17:00:00Z", 26 + dice.roll(2), 1 + dice.roll(12), 1 + dice.roll(28));
    let (region, stage, status) = (region.to_owned(), stage.to_owned(), status.to_owned());
    [id.to_string(), title, account, region, money(cents), margin, stage, status, owner, closes]
}

fn money(cents: usize) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// Where the file stands in the repository.
pub const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/sales/opportunities.csv");

fn main() -> Result<(), Box<dyn std::error::Error>> {
    std::fs::write(FILE, opportunities()?)?;
    Ok(())
}
