//! A platform that answers nothing: what stands behind a replay, so that whatever a guest does, nobody is asked.

use std::sync::Arc;

use async_trait::async_trait;
use mandate_model::{ColumnSet, Effect, Failure, Occurrence, Page, Principal, PrincipalId, Query, Row};

use crate::platform::{Data, DataAs, Directory, NoOperations, Platform, Reading, Unavailable, ViewClass};

/// Answers no question.
#[derive(Debug, Clone, Copy, Default)]
struct Nowhere;

impl Platform {
    /// A platform of which every question is `unavailable`.
    pub fn nowhere() -> Self {
        Self { directory: Arc::new(Nowhere), data: Arc::new(Nowhere), operations: Arc::new(NoOperations) }
    }
}

fn nobody<T>() -> Result<T, Failure> {
    Err(Failure::Unavailable("there is no platform behind a replay".to_owned()))
}

#[async_trait]
impl Directory for Nowhere {
    async fn principal(&self, _: &PrincipalId) -> Result<Option<Principal>, Unavailable> {
        nobody().map_err(|failure| Unavailable(failure.to_string()))
    }

    async fn people(&self, _: &PrincipalId) -> Result<Vec<PrincipalId>, Unavailable> {
        nobody().map_err(|failure| Unavailable(failure.to_string()))
    }
}

impl Data for Nowhere {
    fn open(&self, _: &PrincipalId) -> Arc<dyn DataAs> {
        Arc::new(Self)
    }
}

#[async_trait]
impl DataAs for Nowhere {
    async fn find(&self, _: &str, _: &Query, _: &ColumnSet) -> Result<Page, Failure> {
        nobody()
    }

    async fn get(&self, _: &str, _: &str, _: &ColumnSet) -> Result<Row, Failure> {
        nobody()
    }

    async fn check(&self, _: &Effect, _: &[Effect]) -> Result<(), Failure> {
        nobody()
    }

    async fn witnesses(&self, _: &Occurrence) -> Result<bool, Failure> {
        nobody()
    }

    async fn may_read(&self, _: &[Reading]) -> Result<Vec<bool>, Failure> {
        nobody()
    }

    async fn view_class(&self, _: &[String]) -> Result<Option<ViewClass>, Failure> {
        nobody()
    }
}
