/** The entry point of the package. Importing it deploys nothing. */
export { Alloy } from "./components/alloy";
export { DatabaseKind, DatabaseTls, KafkaMechanism, ProbeModule } from "./components/alloy/args";
export type {
    AlloyArgs,
    AlloyKafkaArgs,
    AlloyLogsArgs,
    AlloyMetricsArgs,
    AlloyProfilerArgs,
    AlloyReceiverArgs,
    AlloyRoleArgs,
    AlloySingletonArgs,
    CollectFromArgs,
    DatabaseArgs,
    KafkaArgs,
    ProbeArgs,
} from "./components/alloy/args";
export { AutoInstrumentation } from "./components/auto-instrumentation";
export { type AutoInstrumentationArgs, InstrumentationKind } from "./components/auto-instrumentation/args";
export { AuthScheme, type BackendAuthArgs, type BackendsAuthArgs } from "./components/backend-auth";
export { type Endpoints, endpoints } from "./components/contract";
export { DaprTracing } from "./components/dapr";
export type { DaprTracingArgs } from "./components/dapr/args";
export { Grafana } from "./components/grafana";
export {
    type DataSource,
    type DataSourceArgs,
    type DataSourceFile,
    dataSources,
} from "./components/grafana/datasources";
export {
    AlertmanagerKind,
    type DashboardsArgs,
    type GrafanaArgs,
    type GrafanaContentArgs,
    type GrafanaIngressArgs,
} from "./components/grafana/args";
export { GrafanaProvisioning } from "./components/grafana-provisioning";
export type { GrafanaProvisioningArgs } from "./components/grafana-provisioning/args";
export type {
    AutoscalingArgs,
    ChartArgs,
    CollectorAutoscalingArgs,
    DeploymentArgs,
    TolerationArgs,
} from "./components/helm/args";
export { IngestionProxy } from "./components/ingestion-proxy";
export type { IngestionProxyArgs } from "./components/ingestion-proxy/args";
export { KubeStateMetrics } from "./components/kube-state-metrics";
export type { KubeStateMetricsArgs } from "./components/kube-state-metrics/args";
export type {
    LokiLimitsArgs,
    LokiTenantLimitsArgs,
    MimirLimitsArgs,
    MimirTenantLimitsArgs,
    PyroscopeLimitsArgs,
    PyroscopeTenantLimitsArgs,
    TempoLimitsArgs,
    TempoTenantLimitsArgs,
    TenantLimitsArgs,
} from "./components/limits";
export { LoadMonitor } from "./components/load-monitor";
export type { LoadArgs, LoadMonitorArgs } from "./components/load-monitor/args";
export { Loki } from "./components/loki";
export type { LokiArgs, LokiPartArgs } from "./components/loki/args";
export { Mimir } from "./components/mimir";
export {
    type AlertmanagerArgs,
    type MimirArgs,
    type MimirPartArgs,
    type ReceiverArgs,
    ReceiverKind,
    type RouteArgs,
} from "./components/mimir/args";
export { StoreMode } from "./components/mode";
export { type ZonesArgs, ZoneStage } from "./components/zones";
export { NetworkPolicies } from "./components/network-policies";
export type {
    ApiServerArgs,
    ConnectionsArgs,
    DestinationArgs,
    DnsArgs,
    NetworkPoliciesArgs,
    PeersArgs,
    PortArgs,
} from "./components/network-policies/args";
export { ObjectStore } from "./components/object-store";
export { type BucketNamesArgs, type ObjectStoreArgs, ObjectStoreKind } from "./components/object-store/args";
export type { BucketConnection, Buckets } from "./components/object-store/connection";
export { OtelCollector } from "./components/otel-collector";
export {
    type CollectorComponentsArgs,
    type CollectorPipelineArgs,
    type DropSpansArgs,
    type OtelCollectorArgs,
    SamplingMode,
    type TailSamplingArgs,
} from "./components/otel-collector/args";
export { Profile } from "./components/profile";
export type { RedactionArgs } from "./components/redaction";
export { Prometheus } from "./components/prometheus";
export type { PrometheusArgs } from "./components/prometheus/args";
export { Pyroscope } from "./components/pyroscope";
export type { PyroscopeArgs, PyroscopePartArgs } from "./components/pyroscope/args";
export { Redpanda } from "./components/redpanda";
export type { RedpandaArgs } from "./components/redpanda/args";
export { Tempo } from "./components/tempo";
export type { TempoArgs, TempoPartArgs } from "./components/tempo/args";
export { type DashboardOptions, dashboards, type ProvisionedDashboard } from "./dashboards";
export { SloKind } from "./rules/define";
export { ObservabilityStack } from "./stack";
export * from "./stack/args";
