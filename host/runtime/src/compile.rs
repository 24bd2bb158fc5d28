//! Where uploaded components are compiled: in a process of its own, with limits that the kernel holds, or in this one.
//!
//! Compiling is the one thing here that nothing can interrupt: neither fuel nor a deadline reaches the compiler. So a host that
//! takes uploads gives it to a [`Child`], which also asks the plugin what it is: a plugin that ends its process there ends no
//! host. What the child bounds is cost, not trust: the code that it answers is run by the host, inside the sandbox.

mod child;
mod confined;
mod fault;
mod limits;
mod line;
mod progress;
mod serve;
mod wire;

use std::collections::BTreeSet;

use mandate_model::{Manifest, Phase, PluginDigest, SiteId};
use wasmtime::component::Component;

pub use self::{
    child::{Child, Log},
    fault::CompilerFault,
    limits::CompileLimits,
    progress::{Progress, Stage},
    serve::serve,
};
use crate::{cache::Cache, plugin::LoadError, sandbox::Sandbox};

/// Who compiles.
pub enum Compiler {
    /// This process, for as long as it takes. For tests, and for components that their own user brings.
    InProcess(Option<Cache>),
    /// A process for each component. What it answers is authenticated like what is kept, so there is always a cache.
    Child(Box<Child>, Cache),
}

impl Compiler {
    fn cache(&self) -> Option<&Cache> {
        match self {
            Self::InProcess(cache) => cache.as_ref(),
            Self::Child(_, cache) => Some(cache),
        }
    }
}

/// A component that was scanned, and is to be compiled for a site.
pub(crate) struct Source<'a> {
    pub(crate) site: &'a SiteId,
    pub(crate) digest: &'a PluginDigest,
    pub(crate) bytes: &'a [u8],
    pub(crate) phases: &'a BTreeSet<Phase>,
}

/// Compiled code.
pub(crate) struct Compiled {
    pub(crate) component: Component,
    /// What it said of itself, if whoever compiled it asked.
    pub(crate) said: Option<Manifest>,
}

impl Sandbox {
    /// The code of a component: kept, or compiled now.
    pub(crate) async fn compiled(&self, source: &Source<'_>) -> Result<Compiled, LoadError> {
        let Source { site, digest, bytes, .. } = *source;
        let cached = self.compiler().cache().and_then(|cache| cache.load(self.engine(), site, digest));
        if let Some(component) = cached {
            return Ok(Compiled { component, said: None });
        }
        match self.compiler() {
            Compiler::InProcess(cache) => {
                let component = self.compile(bytes)?;
                if let (Some(cache), Ok(code)) = (cache, component.serialize()) {
                    cache.keep(self.engine(), site, digest, &code);
                }
                Ok(Compiled { component, said: None })
            }
            Compiler::Child(child, cache) => {
                let (said, code) = child.compile(source, self.limits()).await?;
                let sealed = cache.keep(self.engine(), site, digest, &code);
                let component = cache.open(self.engine(), site, digest, &sealed).ok_or(CompilerFault::Foreign)?;
                Ok(Compiled { component, said: Some(said) })
            }
        }
    }

    fn compile(&self, bytes: &[u8]) -> Result<Component, LoadError> {
        Component::from_binary(self.engine(), bytes).map_err(|error| LoadError::Compile(format!("{error:#}")))
    }
}
