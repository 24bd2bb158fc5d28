//! `mandate person mail|webhook`: where somebody is reached beside their inbox. The operator says it.

use std::path::PathBuf;

use mandate_model::PrincipalId;
use mandate_service::{
    mail::MailAddress,
    outbound::Target,
    webhook::{SigningSecret, Webhook},
};

use crate::{
    failure::{CliError, CliResult},
    files,
    home::Home,
    verbs::principal,
};

/// Where somebody gets mail.
#[derive(Debug, clap::Args)]
pub(crate) struct MailArgs {
    /// Who
    #[arg(value_parser = principal)]
    person: PrincipalId,
    /// Their address; none: they get no mail
    #[arg(value_parser = MailAddress::parse)]
    address: Option<MailAddress>,
}

/// Where somebody gets requests.
#[derive(Debug, clap::Args)]
pub(crate) struct WebhookArgs {
    /// Who
    #[arg(value_parser = principal)]
    person: PrincipalId,
    /// The address that is called; none: they get no requests
    #[arg(value_parser = target, requires = "secret_file")]
    url: Option<Target>,
    /// The file of the secret that requests are signed with: `whsec_` and 24 to 64 bytes in base64
    #[arg(long, value_name = "FILE", requires = "url")]
    secret_file: Option<PathBuf>,
}

fn target(text: &str) -> Result<Target, String> {
    Target::parse(text).map_err(|error| error.to_string())
}

/// Says where somebody gets mail.
pub(crate) async fn mail(home: &Home, args: MailArgs) -> CliResult {
    let MailArgs { person, address } = args;
    let told = match &address {
        Some(address) => format!("{person} gets mail at {}", address.as_str()),
        None => format!("{person} gets no mail"),
    };
    home.embedded.set_mail(&person, address).await.map_err(CliError::input)?;
    outln!("{told}");
    Ok(())
}

/// Says where somebody gets requests.
pub(crate) async fn webhook(home: &Home, args: WebhookArgs) -> CliResult {
    let WebhookArgs { person, url, secret_file } = args;
    let webhook = match (url, secret_file) {
        (Some(target), Some(file)) => {
            let secret = SigningSecret::parse(&files::text(&file)?).map_err(CliError::Input)?;
            Some(Webhook { target, secret })
        }
        _ => None,
    };
    let told = match &webhook {
        Some(webhook) => format!("{person} gets requests at {}", webhook.target.origin()),
        None => format!("{person} gets no requests"),
    };
    home.embedded.set_webhook(&person, webhook).await.map_err(CliError::input)?;
    outln!("{told}");
    Ok(())
}
