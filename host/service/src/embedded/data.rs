//! Datasets as one principal may see and change them: each question is one read transaction with that principal's rights in it.

use std::sync::Arc;

use async_trait::async_trait;
use mandate_model::{ColumnSet, Effect, Failure, Occurrence, Page, PrincipalId, Query, Row, RowFilter};
use mandate_policy::{ColumnDef, ColumnRight, Right, fits};
use mandate_runtime::platform::{Data, DataAs, Reading, ViewClass};

use super::{
    check, class,
    db::{Embedded, unavailable},
    find,
    judge::{Judge, row_name},
    may_read,
    record::load,
    revision::revision,
    witness,
};

/// The data as one principal sees it. It holds who, and nothing about their rights.
struct Opened {
    platform: Embedded,
    principal: PrincipalId,
}

impl Data for Embedded {
    fn open(&self, principal: &PrincipalId) -> Arc<dyn DataAs> {
        Arc::new(Opened { platform: self.clone(), principal: principal.clone() })
    }
}

#[async_trait]
impl DataAs for Opened {
    async fn find(&self, dataset: &str, query: &Query, within: &ColumnSet) -> Result<Page, Failure> {
        let inner = &self.platform.inner;
        let mut tx = inner.read().await.map_err(unavailable)?;
        let judge = Judge::load(&mut tx, inner, &self.principal).await?;
        find::find(&mut tx, inner, &judge, dataset, query, within).await
    }

    async fn get(&self, dataset: &str, id: &str, within: &ColumnSet) -> Result<Row, Failure> {
        let inner = &self.platform.inner;
        let mut tx = inner.read().await.map_err(unavailable)?;
        let judge = Judge::load(&mut tx, inner, &self.principal).await?;
        let def = judge.dataset(Right::Read, dataset)?;
        let record = load(&mut tx, def, id).await.map_err(unavailable)?;
        let record = record.ok_or_else(|| judge.denied("read", &row_name(def, id), "no such row"))?;
        judge.row(Right::Read, def, &record)?;
        let visible = judge.visible(def);
        let wanted = |name: &str| within.contains(name) && visible.iter().any(|column| column.name == name);
        Ok(Row {
            revision: revision(&inner.secret, def, &record, &visible),
            fields: record.fields(def, wanted),
            id: record.id,
        })
    }

    async fn check(&self, effect: &Effect, before: &[Effect]) -> Result<(), Failure> {
        let inner = &self.platform.inner;
        let mut tx = inner.read().await.map_err(unavailable)?;
        let judge = Judge::load(&mut tx, inner, &self.principal).await?;
        check::admit(&mut tx, inner, &judge, effect, before).await.map(|_| ())
    }

    async fn witnesses(&self, occurrence: &Occurrence) -> Result<bool, Failure> {
        let inner = &self.platform.inner;
        let mut tx = inner.read().await.map_err(unavailable)?;
        match Judge::load(&mut tx, inner, &self.principal).await {
            Ok(judge) => witness::witnesses(&mut tx, inner, &judge, occurrence).await,
            Err(Failure::Denied(_)) => Ok(false),
            Err(failure) => Err(failure),
        }
    }

    async fn may_read(&self, readings: &[Reading]) -> Result<Vec<bool>, Failure> {
        let inner = &self.platform.inner;
        let mut tx = inner.read().await.map_err(unavailable)?;
        let judge = match Judge::load(&mut tx, inner, &self.principal).await {
            Ok(judge) => judge,
            Err(Failure::Denied(_)) => return Ok(vec![false; readings.len()]),
            Err(failure) => return Err(failure),
        };
        let mut may = Vec::with_capacity(readings.len());
        for reading in readings {
            may.push(may_read::may_read(&mut tx, &judge, reading).await?);
        }
        Ok(may)
    }

    async fn fits(&self, dataset: &str, only: &[RowFilter]) -> Result<(), Failure> {
        let inner = &self.platform.inner;
        let mut tx = inner.read().await.map_err(unavailable)?;
        let judge = Judge::load(&mut tx, inner, &self.principal).await?;
        let def = judge.dataset(Right::Read, dataset)?;
        // First all that could be denied.
        let columns: Vec<&ColumnDef> = only
            .iter()
            .map(|filter| judge.column(ColumnRight::ReadColumn, def, &filter.column))
            .collect::<Result<_, _>>()?;
        columns.iter().zip(only).try_for_each(|(column, filter)| fits(column, filter)).map_err(Failure::Invalid)
    }

    async fn view_class(&self, datasets: &[String]) -> Result<Option<ViewClass>, Failure> {
        let inner = &self.platform.inner;
        let mut tx = inner.read().await.map_err(unavailable)?;
        let judge = Judge::load(&mut tx, inner, &self.principal).await?;
        Ok(class::view_class(&judge, datasets))
    }
}
