/** What other programs import. Importing it deploys nothing. */
export { Alloy, type AlloyArgs, type AlloyLogsArgs, type AlloyReceiverArgs, type AlloyRoleArgs } from "./alloy";
export { type Endpoints, endpoints } from "./contract";
export { DaprTracing, type DaprTracingArgs } from "./dapr";
export { type DashboardsArgs, Grafana, type GrafanaArgs, type GrafanaIngressArgs } from "./grafana";
export type { ChartArgs, DeploymentArgs, TolerationArgs } from "./helm/chart";
export { Loki, type LokiArgs } from "./loki";
export { Mimir, type MimirArgs } from "./mimir";
export { type BucketNamesArgs, ObjectStore, type ObjectStoreArgs, ObjectStoreKind } from "./object-store";
export type { BucketConnection, Buckets } from "./object-store/connection";
export { ObservabilityStack } from "./observability-stack";
export type { CollectorComponentsArgs, CollectorPipelineArgs } from "./otel-collector/pipeline";
export { OtelCollector, type OtelCollectorArgs, type TailSamplingArgs } from "./otel-collector";
export { Pyroscope, type PyroscopeArgs } from "./pyroscope";
export * from "./stack-args";
export { Tempo, type TempoArgs } from "./tempo";
export { Profile } from "../settings/profiles";
