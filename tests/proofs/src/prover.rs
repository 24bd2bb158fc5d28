//! Questions to the solver, one for each environment: an act with the types of who does it and to what.

use std::path::Path;

use anyhow::{Context as _, ensure};
use cedar_policy::{Authorizer, Decision, PolicySet, RequestEnv, Schema};
use cedar_policy_symcc::solver::LocalSolver;
use cedar_policy_symcc::{CedarSymCompiler, CompiledPolicy, CompiledPolicySet, Env};
use mandate_policy::AutomationPolicies;
use tokio::process::Command;
use tokio::runtime::{Builder, Runtime};

/// Which acts a question is about.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    /// Every one of the schema.
    Any,
    /// This one.
    Only(&'static str),
    /// Every one except this.
    AnyBut(&'static str),
}

impl Act {
    fn covers(self, environment: &RequestEnv) -> bool {
        let act = environment.action().id().unescaped();
        match self {
            Self::Any => true,
            Self::Only(one) => act == one,
            Self::AnyBut(one) => act != one,
        }
    }
}

/// The schema of questions about automations, and a solver.
pub struct Prover {
    schema: Schema,
    compiler: CedarSymCompiler<LocalSolver>,
    runtime: Runtime,
}

impl Prover {
    /// Starts the solver.
    ///
    /// # Errors
    /// Without Python, or a schema that Cedar does not read. That cvc5 is missing shows at the first question.
    pub fn new() -> anyhow::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (schema, _) = Schema::from_cedarschema_str(AutomationPolicies::SCHEMA)?;
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("solver.py");
        #[allow(clippy::disallowed_methods, reason = "the solver is a program of its own; no host is here")]
        let solver = runtime.block_on(async { LocalSolver::from_command(Command::new("python3").arg(program)) })?;
        Ok(Self { schema, compiler: CedarSymCompiler::new(solver)?, runtime })
    }

    /// A request that `policies` allow and `bound` does not, on which Cedar itself then decided so; nothing, if there is none.
    pub fn beyond(&mut self, policies: &str, bound: &str, act: Act) -> anyhow::Result<Option<Env>> {
        let (policies, bound) = (parsed(policies)?, parsed(bound)?);
        for environment in self.environments(act)? {
            let left = CompiledPolicySet::compile(&policies, &environment, &self.schema)?;
            let right = CompiledPolicySet::compile(&bound, &environment, &self.schema)?;
            let asked = self.compiler.check_implies_with_counterexample_opt(&left, &right);
            let Some(found) = self.runtime.block_on(asked).with_context(|| failed(&environment))? else { continue };
            ensure!(allows(&policies, &found) && !allows(&bound, &found), "Cedar decides otherwise:\n{found}");
            return Ok(Some(found));
        }
        Ok(None)
    }

    /// A request on which one of the policies errs, with Cedar itself too; nothing, if there is none.
    pub fn error(&mut self, policies: &str) -> anyhow::Result<Option<Env>> {
        let policies = parsed(policies)?;
        for environment in self.environments(Act::Any)? {
            for policy in policies.policies() {
                let compiled = CompiledPolicy::compile(policy, &environment, &self.schema)?;
                let asked = self.compiler.check_never_errors_with_counterexample_opt(&compiled);
                let Some(found) = self.runtime.block_on(asked).with_context(|| failed(&environment))? else { continue };
                let response = Authorizer::new().is_authorized(&found.request, &policies, &found.entities);
                ensure!(response.diagnostics().errors().next().is_some(), "Cedar sees no error:\n{found}");
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The acts that `policies` allow to nobody, each with what it is done to.
    pub fn never_allowed(&mut self, policies: &str) -> anyhow::Result<Vec<String>> {
        let policies = parsed(policies)?;
        let mut never = Vec::new();
        for environment in self.environments(Act::Any)? {
            let compiled = CompiledPolicySet::compile(&policies, &environment, &self.schema)?;
            let asked = self.compiler.check_always_denies_opt(&compiled);
            if self.runtime.block_on(asked).with_context(|| failed(&environment))? {
                never.push(name(&environment));
            }
        }
        Ok(never)
    }

    /// All environments of the schema that an act covers; a word that covers none is an error, else it would prove anything.
    fn environments(&self, act: Act) -> anyhow::Result<Vec<RequestEnv>> {
        let all: Vec<_> = self.schema.request_envs().collect();
        if let Act::Only(word) | Act::AnyBut(word) = act {
            ensure!(all.iter().any(|one| Act::Only(word).covers(one)), "no act is called `{word}`");
        }
        Ok(all.into_iter().filter(|one| act.covers(one)).collect())
    }
}

fn parsed(text: &str) -> anyhow::Result<PolicySet> {
    Ok(text.parse()?)
}

fn allows(policies: &PolicySet, found: &Env) -> bool {
    Authorizer::new().is_authorized(&found.request, policies, &found.entities).decision() == Decision::Allow
}

fn name(environment: &RequestEnv) -> String {
    format!("{} of {}", environment.action().id().unescaped(), environment.resource())
}

fn failed(environment: &RequestEnv) -> String {
    format!("{}: the solver does not answer (is cvc5 installed? `.ci/proofs` does it)", name(environment))
}
