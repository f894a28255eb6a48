//! Sessions: what queries are planned and run with, on each of the hosts.

use crate::codec::{LogicalCodec, Terms};
use crate::told::tell;
use crate::{guard, joins};
use async_trait::async_trait;
use ballista_core::config::BALLISTA_CLIENT_PULL;
use ballista_core::extension::{
    SessionConfigExt, SessionStateExt, ballista_aggregate_functions, ballista_scalar_functions,
    ballista_window_functions,
};
use ballista_core::optimizer::ballista_default_optimizer_rules;
use ballista_core::planner::BallistaQueryPlanner;
use ballista_core::registry::BallistaFunctionRegistry;
use datafusion::catalog::Session;
use datafusion::error::Result;
use datafusion::execution::SessionStateDefaults;
use datafusion::execution::context::QueryPlanner;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::execution::session_state::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use datafusion::physical_planner::{DefaultPhysicalPlanner, PhysicalPlanner};
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion_proto::protobuf::LogicalPlanNode;
use snapshot_query::AllowedStores;
use snapshot_query::command::register_functions;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// The most partitions that a client may ask the scheduler for.
const PARTITIONS: usize = 4096;

/// The plan that a client sends to the scheduler. It knows the job that the scheduler made of it.
#[derive(Debug, Clone, Default)]
pub struct Sent(Arc<SentState>);

#[derive(Debug, Default)]
struct SentState {
    plan: OnceLock<Arc<dyn ExecutionPlan>>,
    is_left: AtomicBool,
}

impl Sent {
    /// The plan, once there is one.
    pub(crate) fn plan(&self) -> Option<&Arc<dyn ExecutionPlan>> {
        self.0.plan.get()
    }

    /// Notes that the client ends.
    pub(crate) fn leave(&self) {
        self.0.is_left.store(true, Ordering::SeqCst);
    }

    /// Whether the client ends.
    pub(crate) fn is_left(&self) -> bool {
        self.0.is_left.load(Ordering::SeqCst)
    }
}

/// A session of the client, whose query the scheduler at this URL has run.
///
/// # Errors
/// What the engine refuses the functions of snapshots for.
pub fn of_client(scheduler: String, config: SessionConfig, sent: Sent) -> Result<SessionContext> {
    let (ballista, codec) = (config.ballista_config(), Arc::new(LogicalCodec::default()));
    let planner = BallistaQueryPlanner::with_extension(scheduler.clone(), ballista, codec);
    let config = config.with_ballista_query_planner(Arc::new(Sender { planner, sent }));
    let config = without_extraction(config);
    let state = SessionStateBuilder::new().with_config(config).with_default_features().build();
    let state = state.upgrade_for_ballista(scheduler)?;
    let mut context = SessionContext::new_with_state(state);
    register_functions(&mut context)?;
    Ok(context)
}

/// The configuration that a client's session begins with.
///
/// The client asks how its job stands. If it had the scheduler report that instead, it would know which
/// job it has only when the first stage ends, and could not cancel it before.
#[must_use]
pub fn client_config() -> SessionConfig {
    let config = SessionConfig::new_with_ballista().with_information_schema(false);
    config.set_bool(BALLISTA_CLIENT_PULL, true)
}

/// Without a rule that names columns anew where functions read them, such as those for JSON. The names get
/// lost where a plan travels, if the table has an alias, and the query fails.
fn without_extraction(mut config: SessionConfig) -> SessionConfig {
    config.options_mut().optimizer.enable_leaf_expression_pushdown = false;
    config
}

/// A session of the scheduler, which plans one query.
///
/// It has no formats of files and no ways to make tables: the table of a query comes with its plan.
/// Whatever a client asks for, all stages of a query are planned before the first one begins: Ballista's
/// adaptive planner does not yet cover the loss of an executor that keeps what an earlier stage wrote, and
/// such a query would never end.
///
/// # Errors
/// What the engine refuses the stores or the functions of snapshots for.
pub fn of_scheduler(config: SessionConfig, terms: &Terms) -> Result<SessionState> {
    let partitions = config.target_partitions().clamp(1, PARTITIONS);
    let config = without_extraction(config.with_ballista_adaptive_query_planner(false));
    let mut state = SessionStateBuilder::new()
        .with_config(config.with_target_partitions(partitions))
        .with_runtime_env(runtime(terms, None)?)
        .with_expr_planners(SessionStateDefaults::default_expr_planners())
        .with_optimizer_rules(ballista_default_optimizer_rules())
        .with_scalar_functions(ballista_scalar_functions())
        .with_aggregate_functions(ballista_aggregate_functions())
        .with_window_functions(ballista_window_functions())
        .with_query_planner(Arc::new(GuardedPlanner { terms: terms.clone() }))
        .build();
    register_functions(&mut state)?;
    Ok(state)
}

/// The functions that executors run.
///
/// # Errors
/// What the engine refuses the functions of snapshots for.
pub fn functions() -> Result<BallistaFunctionRegistry> {
    let state = of_scheduler(SessionConfig::new_with_ballista(), &Terms::default())?;
    Ok(BallistaFunctionRegistry::from(&state))
}

/// The stores that a host reads, and where it writes what does not fit into its memory.
///
/// # Errors
/// What the engine refuses the directory for.
pub fn runtime(terms: &Terms, directory: Option<&Path>) -> Result<Arc<RuntimeEnv>> {
    let stores = AllowedStores::new(terms.allowed.clone());
    let builder = RuntimeEnvBuilder::new().with_object_store_registry(Arc::new(stores));
    match directory {
        Some(directory) => builder.with_temp_file_path(directory).build_arc(),
        None => builder.build_arc(),
    }
}

/// Sends queries of snapshots to the scheduler, and nothing else.
#[derive(Debug)]
struct Sender {
    planner: BallistaQueryPlanner<LogicalPlanNode>,
    sent: Sent,
}

#[async_trait]
impl QueryPlanner for Sender {
    async fn create_physical_plan(
        &self,
        plan: &LogicalPlan,
        state: &dyn Session,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        guard::logical(plan)?;
        match plan {
            // Ballista's planner would give no rows, but no columns either.
            LogicalPlan::EmptyRelation(empty) if !empty.produce_one_row => {
                Ok(Arc::new(EmptyExec::new(empty.schema.inner().clone())))
            }
            plan => {
                let plan = self.planner.create_physical_plan(plan, state).await?;
                // A session of a client has one query.
                let _ = self.sent.0.plan.set(plan.clone());
                Ok(plan)
            }
        }
    }
}

/// Plans queries of snapshots, and nothing else.
#[derive(Debug)]
struct GuardedPlanner {
    terms: Terms,
}

#[async_trait]
impl QueryPlanner for GuardedPlanner {
    async fn create_physical_plan(
        &self,
        plan: &LogicalPlan,
        state: &dyn Session,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        guard::logical(plan).map_err(tell)?;
        let planner = DefaultPhysicalPlanner::default();
        let plan = planner.create_physical_plan(plan, state).await.map_err(tell)?;
        let plan = joins::undivided(plan)?;
        guard::sizes(&plan, &self.terms.limits).map_err(tell)?;
        Ok(plan)
    }
}
