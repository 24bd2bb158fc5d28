//! `mandate inbox show|read|archive|unread ID`.

use mandate_service::{DeliveryState, DeliveryView, Mark};

use super::{Message, list, told};
use crate::{failure::CliResult, home::Home, show::time};

/// Shows a message, and what became of it beside the inbox.
pub(super) async fn show(home: &Home, message: &Message) -> CliResult {
    home.known(&message.who).await?;
    let (kept, deliveries) = home.service.message(&message.who, &message.id).await.map_err(told)?;
    list::print(&kept);
    for delivery in &deliveries {
        outln!("    by {}:  {}", delivery.way.as_str(), state(delivery));
    }
    Ok(())
}

/// Where a delivery stands, for the person to whom it goes.
pub(crate) fn state(delivery: &DeliveryView) -> String {
    let word = match delivery.state {
        DeliveryState::Pending | DeliveryState::Sending => "on its way",
        DeliveryState::Sent => "sent",
        DeliveryState::Withheld => "not sent: it might not be delivered any more when it was its turn",
        DeliveryState::Muted => "not sent: muted",
        DeliveryState::Unknown => "perhaps sent: nobody knows, and it is not sent again",
        DeliveryState::Dead => "not sent: it was refused, or tried too often",
    };
    delivery.at.map_or_else(|| word.to_owned(), |at| format!("{word} ({})", time(at)))
}

/// Marks a message.
pub(super) async fn mark(home: &Home, message: &Message, mark: Mark) -> CliResult {
    home.known(&message.who).await?;
    home.service.mark(&message.who, &message.id, mark).await.map_err(told)?;
    let now = match mark {
        Mark::Read => "read",
        Mark::Archived => "put away",
        Mark::Unread => "unread",
    };
    outln!("{} is {now}", message.id);
    Ok(())
}
