//! What the audit tells of the tokens of a server over the service: that one was made, and that one was revoked; never the token.

use mandate_model::PrincipalId;

use crate::{
    error::Result,
    service::Service,
    store::audit::{
        self,
        entry::{Audited, TokenBecame},
    },
};

impl Service {
    /// `actor` made a token or revoked it; `holder`: who asks with it, nobody if it is a source's of the site. Told before it counts:
    /// what cannot be audited is not done.
    pub async fn audit_token(
        &self,
        token: &str,
        holder: Option<&PrincipalId>,
        actor: &PrincipalId,
        became: TokenBecame,
    ) -> Result<()> {
        let (token, holder, actor) = (token.to_owned(), holder.cloned(), actor.clone());
        self.audited(&Audited::Token { token, holder, actor, became }).await
    }

    /// `actor` revoked all tokens of `holder`.
    pub async fn audit_no_tokens(&self, holder: &PrincipalId, actor: &PrincipalId) -> Result<()> {
        self.audited(&Audited::TokensRevoked { holder: holder.clone(), actor: actor.clone() }).await
    }

    async fn audited(&self, audited: &Audited) -> Result<()> {
        let mut tx = self.store().begin().await?;
        audit::append(&mut tx, audited, self.host().clock.now()).await?;
        tx.commit().await?;
        Ok(())
    }
}
