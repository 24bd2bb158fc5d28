//! The database file: making it from a seed, opening it, and the connections to it.

use std::{
    path::Path,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use mandate_model::{Failure, Secret, SiteId};
use mandate_policy::{DataPolicies, DataSchema};
use mandate_runtime::platform::Platform;
use sqlx::{
    Row, Sqlite, SqliteConnection, SqlitePool, Transaction,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{EmbeddedError, Seed, operations::Providers, plant, reading::Reading, validate};
use crate::Clock;

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/embedded");

/// How long a writer waits for another process's writer.
const BUSY: Duration = Duration::from_secs(5);
/// How long a call waits for a free connection.
const ACQUIRE: Duration = Duration::from_secs(10);
/// Connections that read at the same time.
const READERS: u32 = 4;
/// Rows that SQLite may be ahead of who takes them: they are in memory before anybody can count their bytes.
const READ_AHEAD: usize = 4;

/// The embedded platform. Cheap to clone; all clones are one platform.
#[derive(Clone)]
pub struct Embedded {
    pub(super) inner: Arc<Inner>,
}

/// What all clones share. Site, secret and schema never change.
pub(super) struct Inner {
    reader: SqlitePool,
    writer: SqlitePool,
    pub(super) site: SiteId,
    pub(super) secret: Secret,
    pub(super) schema: DataSchema,
    policies: RwLock<(i64, Arc<DataPolicies>)>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) providers: RwLock<Providers>,
}

impl Embedded {
    /// Makes a platform in a new file (or an empty one), all of the seed or nothing, with a random secret. `clock` says when a
    /// change that an automation asked for happened.
    ///
    /// Errors: [`EmbeddedError::Seed`] and [`EmbeddedError::Policies`] name what is wrong with the seed;
    /// [`EmbeddedError::Exists`] if the file holds a platform.
    pub async fn create(path: &Path, seed: &Seed, clock: Arc<dyn Clock>) -> Result<Self, EmbeddedError> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| EmbeddedError::Randomness(error.to_string()))?;
        Self::create_with(path, seed, &Secret::from_bytes(bytes), clock).await
    }

    /// [`Embedded::create`] with a secret of the caller's, so that the same world has the same revisions, ids of created rows
    /// and cursors again. The secret must be known to no guest and to no author of one.
    pub async fn create_with(
        path: &Path,
        seed: &Seed,
        secret: &Secret,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, EmbeddedError> {
        validate::check(seed)?;
        DataPolicies::load(&seed.schema, &seed.policies).map_err(EmbeddedError::Policies)?;
        let writer = writer(path, true).await?;
        let mut tx = writer.begin_with("begin immediate").await?;
        if holds_platform(&mut tx).await? {
            return Err(EmbeddedError::Exists(path.display().to_string()));
        }
        MIGRATIONS.run(&mut *tx).await?;
        plant::plant(&mut tx, seed, secret).await?;
        tx.commit().await?;
        Self::load(path, writer, clock).await
    }

    /// Opens the platform of a file.
    ///
    /// Errors: [`EmbeddedError::NotAPlatform`] if the file does not exist or holds none.
    pub async fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self, EmbeddedError> {
        let none = || EmbeddedError::NotAPlatform(path.display().to_string());
        let writer =
            writer(path, false).await.map_err(|error| if is_no_database(&error) { none() } else { error.into() })?;
        let mut tx = writer.begin_with("begin immediate").await?;
        if !holds_platform(&mut tx).await? {
            return Err(none());
        }
        MIGRATIONS.run(&mut *tx).await?;
        tx.commit().await?;
        Self::load(path, writer, clock).await
    }

    async fn load(path: &Path, writer: SqlitePool, clock: Arc<dyn Clock>) -> Result<Self, EmbeddedError> {
        let reader = SqlitePoolOptions::new().max_connections(READERS).acquire_timeout(ACQUIRE);
        let options = options(path).pragma("query_only", "on").row_buffer_size(READ_AHEAD);
        let reader = reader.connect_with(options).await?;
        let sql = "select site, secret, \"schema\", policies, policies_version from platform";
        let row = sqlx::query(sql).fetch_one(&reader).await?;
        let damaged = |what: String| EmbeddedError::Damaged(what);
        let secret: Vec<u8> = row.try_get(1)?;
        let secret = <[u8; 32]>::try_from(secret).map_err(|_| damaged("its secret is not 32 bytes".to_owned()))?;
        let schema: DataSchema =
            serde_json::from_str(row.try_get(2)?).map_err(|error| damaged(format!("its schema: {error}")))?;
        let policies = DataPolicies::load(&schema, row.try_get(3)?).map_err(EmbeddedError::Policies)?;
        let inner = Inner {
            reader,
            writer,
            site: SiteId::parse(row.try_get(0)?).map_err(|error| damaged(error.to_string()))?,
            secret: Secret::from_bytes(secret),
            schema,
            policies: RwLock::new((row.try_get(4)?, Arc::new(policies))),
            clock,
            providers: RwLock::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The platform as the runtime asks it.
    pub fn platform(&self) -> Platform {
        let this = Arc::new(self.clone());
        Platform { directory: this.clone(), data: this.clone(), operations: this }
    }

    /// The site.
    pub fn site(&self) -> &SiteId {
        &self.inner.site
    }

    /// The datasets, and the attributes of people.
    pub fn schema(&self) -> &DataSchema {
        &self.inner.schema
    }

    /// The connection that writes.
    pub(super) fn writer(&self) -> &SqlitePool {
        &self.inner.writer
    }

    /// Waits for what is under way and closes the file.
    pub async fn close(&self) {
        self.inner.reader.close().await;
        self.inner.writer.close().await;
    }
}

impl Inner {
    /// A transaction that sees the database as it is when it first asks.
    pub(super) async fn read(&self) -> Result<Reading, sqlx::Error> {
        Reading::begin(&self.reader).await
    }

    /// A transaction that is the only one that writes, from its begin on.
    pub(super) async fn write(&self) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
        self.writer.begin_with("begin immediate").await
    }

    /// The policies as the transaction sees them: parsed anew if they were replaced, by whatever process.
    pub(super) async fn policies(&self, conn: &mut SqliteConnection) -> Result<Arc<DataPolicies>, Failure> {
        let version: i64 = sqlx::query_scalar("select policies_version from platform")
            .fetch_one(&mut *conn)
            .await
            .map_err(unavailable)?;
        let (known, policies) = self.policies.read().unwrap_or_else(PoisonError::into_inner).clone();
        if known == version {
            return Ok(policies);
        }
        let text: String =
            sqlx::query_scalar("select policies from platform").fetch_one(conn).await.map_err(unavailable)?;
        let loaded = DataPolicies::load(&self.schema, &text)
            .map_err(|errors| Failure::Unavailable(EmbeddedError::Policies(errors).to_string()))?;
        let loaded = Arc::new(loaded);
        let mut slot = self.policies.write().unwrap_or_else(PoisonError::into_inner);
        if slot.0 < version {
            *slot = (version, loaded.clone());
        }
        Ok(loaded)
    }
}

/// Nothing can be said while the database cannot be read or written.
#[expect(clippy::needless_pass_by_value, reason = "used as a function of `map_err`")]
pub(super) fn unavailable(error: sqlx::Error) -> Failure {
    Failure::Unavailable(error.to_string())
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY)
}

async fn writer(path: &Path, create: bool) -> Result<SqlitePool, sqlx::Error> {
    let pool =
        SqlitePoolOptions::new().max_connections(1).acquire_timeout(ACQUIRE).before_acquire(crate::sqlite::is_sound);
    pool.connect_with(options(path).create_if_missing(create)).await
}

/// Whether SQLite could not open the file (`SQLITE_CANTOPEN`), or it is no database (`SQLITE_NOTADB`).
fn is_no_database(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| code == "14" || code == "26")
}

async fn holds_platform(conn: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    let sql = "select exists (select 1 from sqlite_schema where type = 'table' and name = 'platform')";
    sqlx::query_scalar(sql).fetch_one(conn).await
}
