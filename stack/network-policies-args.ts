import { StoreMode } from "../components/mode";
import { collectorComponents } from "../components/otel-collector/config";
import { ingestionPorts } from "../components/otel-collector/ingestion";
import { leaves } from "../components/otel-collector/pipeline/components";
import { listeningPorts } from "../components/otel-collector/pipeline/ports";
import { peerPort } from "../components/otel-collector/peers";
import type { DestinationArgs, NetworkPoliciesArgs, PeersArgs, PortArgs } from "../components/network-policies/args";
import { receivesProfiles } from "../settings/central";
import { absentComponents, needsKafkaExporter, singletonWritesMetrics } from "../settings/components";
import { gatewayEnabled, ingestionAccess, ingressEnabled } from "../settings/access";
import type { Settings } from "../settings/resolve";
import { stackComponents, type StackComponent } from "../validation/components";
import { alertDestinations } from "./alert-destinations";
import { otelCollectorArgs } from "./component-args";

/** Maps settings to the arguments of NetworkPolicies. */
export function networkPoliciesArgs(settings: Settings): NetworkPoliciesArgs {
    const { namespace, networkPolicies, components, external, tracing, collectFrom, objectStore } = settings;
    const { apiServerCidrs, apiServerPorts, nodeCidrs, dns, ingress, egress } = networkPolicies;
    const absent = absentComponents(settings);
    const accepted = components.otelCollector ? collectorPorts(settings) : [];
    return {
        namespace,
        components: stackComponents.filter((component) => !absent.includes(component)),
        clients: clients(settings),
        queryClients: external.grafana.url === undefined ? undefined : { namespaces: [grafanaNamespace(settings)] },
        grafanaClients: grafanaClients(settings),
        metricsClients: { namespaces: networkPolicies.metricsNamespaces },
        externalClients: settings.ingestion.external.enabled ? externalClients(settings) : undefined,
        externalPorts: accepted.filter(({ port }) => isExternal(port)),
        collectorPorts: accepted.filter(({ port }) => port !== peerPort && !isExternal(port)),
        collectorPeers: accepted.some(({ port }) => port === peerPort),
        scrapedNamespaces: collectFrom.namespaces,
        unscrapedNamespaces: collectFrom.excludeNamespaces,
        ...(receivesProfiles(settings) && { profileReceiver: true }),
        scrapesProfiles: settings.profiling.scrape,
        ...(settings.autoInstrumentation.contextPropagation && { instrumentationOnNodes: true }),
        ...(settings.logs.kubernetesEvents && { kubernetesEvents: true }),
        ...(singletonWritesMetrics(settings) && { singletonMetrics: true }),
        ...(settings.replicas.singleton > 1 && { singletonPeers: true }),
        ...(settings.metrics.prometheusOperator && { monitors: true }),
        ...(settings.metrics.prometheusRules && { objectRuler: true }),
        ...(settings.metrics.controlPlane.length > 0 && { controlPlane: settings.metrics.controlPlane }),
        ...(components.redpanda && { kafkaClients: clients(settings) }),
        ...(settings.loadMonitor.enabled && { loadMonitor: true }),
        spanMetrics: tracing.samplingMode === "head",
        ...(settings.mode.loki === StoreMode.Distributed && { distributedLoki: true }),
        ...(settings.mode.mimir === StoreMode.Distributed && { distributedMimir: true }),
        ...(settings.mode.tempo === StoreMode.Distributed && { distributedTempo: true }),
        ...(settings.mode.pyroscope === StoreMode.Distributed && { distributedPyroscope: true }),
        alertmanager: external.alertmanager.url === undefined,
        destinations: destinations(settings).filter(({ component }) => !absent.includes(component)),
        workloadIdentity: objectStore.workloadIdentity,
        nodeCidrs,
        apiServer: { cidrs: apiServerCidrs, ports: apiServerPorts },
        dns,
        ingress,
        egress,
    };
}

function clients({ networkPolicies, dapr, collectFrom }: Settings): PeersArgs {
    const { clientNamespaces, clientLabels } = networkPolicies;
    const applications = [...dapr.namespaces, ...(collectFrom.namespaces ?? [])];
    return { namespaces: [...new Set(clientNamespaces ?? applications)], namespaceLabels: clientLabels };
}

/** The namespace of an existing Grafana. */
function grafanaNamespace({ namespace, external }: Settings): string {
    return external.grafana.namespace ?? namespace;
}

/** Without any peer, nothing in the cluster connects to Grafana. `npm run open` needs none. */
function grafanaClients({ networkPolicies, grafana }: Settings): PeersArgs {
    const { ingressNamespaces, ingressCidrs } = networkPolicies;
    if (ingressNamespaces.length > 0 || ingressCidrs.length > 0) {
        return { namespaces: ingressNamespaces, cidrs: ingressCidrs };
    }
    const isPublished =
        ingressEnabled(grafana.ingress) || gatewayEnabled(grafana.gateway) || grafana.rootUrl !== undefined;
    return isPublished ? { everywhere: true } : {};
}

/** Whether the port accepts data from outside of the cluster, with authentication. */
function isExternal(port: number): boolean {
    return Object.values(ingestionPorts).includes(port);
}

/** Who connects to the ports for data from outside of the cluster. A load balancer can keep the addresses of clients. */
function externalClients({ networkPolicies, ingestion: { external } }: Settings): PeersArgs {
    const { ingressNamespaces, ingressCidrs } = networkPolicies;
    const { ingress, gateway } = ingestionAccess(external);
    const isKnown = ingressNamespaces.length > 0 || ingressCidrs.length > 0;
    return (ingress || gateway) && isKnown && !external.loadBalancer
        ? { namespaces: ingressNamespaces, cidrs: ingressCidrs }
        : { everywhere: true };
}

/** The ports of all receivers of the collector. */
function collectorPorts(settings: Settings): PortArgs[] {
    const components = collectorComponents(otelCollectorArgs(settings, { exportEndpoint: "http://receiver" }));
    return listeningPorts(components, "receivers").map(({ port, protocol }) => ({ port, protocol }));
}

interface Destination extends DestinationArgs {
    component: StackComponent;
}

/** Services outside of the namespace that the components of the stack connect to. */
function destinations(settings: Settings): Destination[] {
    const { external, objectStore, tracing, profiling, images } = settings;
    const { loki, tempo, mimir, pyroscope, alertmanager, otlp } = external;
    const profiles = receivesProfiles(settings);
    const otlpReceiver: StackComponent[] = profiles ? [] : ["alloyReceiver"];
    const users: [string | undefined, StackComponent[]][] = [
        [loki.url, [...otlpReceiver, "alloyLogs", "grafana"]],
        [settings.logs.kubernetesEvents ? loki.url : undefined, ["alloySingleton"]],
        [tempo.otlpEndpoint, otlpReceiver],
        [tempo.url, ["grafana"]],
        [mimir.otlpUrl, otlpReceiver],
        [
            mimir.remoteWriteUrl,
            ["alloyMetrics", "prometheus", "loki", ...(tracing.samplingMode === "head" ? ["tempo" as const] : [])],
        ],
        [singletonWritesMetrics(settings) ? mimir.remoteWriteUrl : undefined, ["alloySingleton"]],
        [needsKafkaExporter(settings) ? mimir.remoteWriteUrl : undefined, ["alloyKafka"]],
        ...settings.probes.map(({ url }): [string, StackComponent[]] => [url, ["alloySingleton"]]),
        ...settings.kafka
            .flatMap(({ brokers }) => brokers)
            .map((broker): [string, StackComponent[]] => [broker, ["alloyKafka"]]),
        ...settings.databases.map(({ address }): [string, StackComponent[]] => [address, ["alloySingleton"]]),
        [mimir.url, ["grafana"]],
        [pyroscope.url, ["grafana", ...(profiling.scrape ? ["alloyMetrics" as const] : [])]],
        [profiling.ebpf ? pyroscope.url : undefined, ["alloyProfiles"]],
        [profiles ? pyroscope.url : undefined, ["alloyReceiver"]],
        [alertmanager.url, ["mimir", "loki", "grafana"]],
        [otlp.url, ["otelCollector"]],
        [objectStore.kind === "s3" ? objectStore.endpoint : undefined, ["loki", "tempo", "mimir", "pyroscope"]],
        // With a registry of images, Grafana downloads nothing.
        [images.registry === undefined ? "https://grafana.com" : undefined, ["grafana"]],
        ...grafanaLogins(settings).map((url): [string, StackComponent[]] => [url, ["grafana"]]),
        ...collectorExports(settings).map((url): [string, StackComponent[]] => [url, ["otelCollector"]]),
        ...alertDestinations(settings).map((url): [string, StackComponent[]] => [url, ["mimir"]]),
    ];
    return users.flatMap(([url, components]) =>
        url === undefined ? [] : components.map((component) => ({ component, url })),
    );
}

/** The URLs of identity providers in the configuration of Grafana. */
function grafanaLogins({ grafana: { oidc }, values }: Settings): string[] {
    const ini = (values.grafana["grafana.ini"] ?? {}) as Record<string, unknown>;
    const sections = Object.entries(ini).filter(([section]) => section.startsWith("auth"));
    const configured = sections
        .flatMap(([section, keys]) => leaves(keys, section))
        .flatMap(({ path, value }) =>
            /_url$/.test(path) && /^https?:\/\//.test(String(value)) ? [String(value)] : [],
        );
    // Browsers, not Grafana, open authUrl.
    const known = [oidc.tokenUrl, oidc.apiUrl].filter((url) => url !== undefined);
    return [...known, ...configured];
}

/** The addresses in the exporters and extensions that the settings add to the collector. */
function collectorExports({ collector: { exporters, extensions } }: Settings): string[] {
    return leaves({ exporters, extensions }, "collector").flatMap(({ path, value }) => {
        const isAddress =
            typeof value === "string" &&
            (/^(https?|dns):\/\//.test(value) || (/endpoint$/.test(path) && /^[^:/]+:\d+$/.test(value)));
        return isAddress ? [value] : [];
    });
}
