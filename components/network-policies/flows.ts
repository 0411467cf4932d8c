import { stackComponents, type StackComponent } from "../../validation/components";
import { contract } from "../contract";
import { proxyPorts } from "../ingestion-proxy/config";
import { peerPort } from "../otel-collector/peers";
import { raftPort } from "../pyroscope/distributed";
import { gatewayPort, otlpHttpPort } from "../tempo/distributed";
import type { ConnectionsArgs, NetworkPoliciesArgs, PortArgs } from "./args";
import {
    addresses,
    allAddresses,
    destinationOf,
    namespacesExcept,
    namespacesNamed,
    type NetworkPolicyPeer,
    peersOf,
} from "./peers";
import { metricsPorts, type PodGroup } from "./pods";

/** One connection of the data flow: its source, its destination and the ports. A group is pods of the stack, and peers are outside of it. */
export interface Flow {
    from: PodGroup | NetworkPolicyPeer[];
    to: PodGroup | NetworkPolicyPeer[];
    /** Empty: all TCP ports. */
    ports: PortArgs[];
}

const backends = ["loki", "tempo", "mimir", "pyroscope"] as const;
const { loki, tempo, mimir, pyroscope, alloyReceiver, minio, otelCollector, redpanda } = contract;
const memberlistPort = 7946;
const grpcPort = 9095;
const memcachedPort = 11211;
const kubeletPort = 10250;
const redpandaRpcPort = 33145;
const coreDnsPort = 9153;
/** kube-scheduler and kube-controller-manager. */
const controllerPorts = [10259, 10257];
const etcdPort = 2381;

/** All arrows of the data flow. A stack has exactly these connections, and DNS. */
export function flows(args: NetworkPoliciesArgs): Flow[] {
    const all = [
        ...ingestion(args),
        ...storage(args),
        ...scraping(args),
        ...queries(args),
        ...replicas(args),
        ...kafka(args),
        ...kubernetes(args),
        ...(args.loadMonitor ? loadMonitor(args) : []),
        ...commands(),
        ...outside(args),
    ];
    const isPresent = (end: Flow["from"]) =>
        Array.isArray(end) ? end.length > 0 : !isComponent(end) || args.components.includes(end);
    return all.filter(({ from, to }) => isPresent(from) && isPresent(to));
}

function isComponent(group: PodGroup): group is StackComponent {
    return stackComponents.some((component) => component === group);
}

function flow(from: Flow["from"], to: Flow["to"], ...ports: number[]): Flow {
    return { from, to, ports: ports.map((port) => ({ port })) };
}

/** From the applications through the collector to the backends. */
function ingestion(args: NetworkPoliciesArgs): Flow[] {
    const clients = peersOf(args.clients);
    const { zipkin, otlpGrpc, otlpHttp } = otelCollector.ports;
    const collectorPorts = args.collectorPorts ?? [zipkin, otlpGrpc, otlpHttp].map((port) => ({ port }));
    return [
        // A rule without ports would open all ports.
        ...(collectorPorts.length > 0 ? [{ from: clients, to: "otelCollector" as const, ports: collectorPorts }] : []),
        ...(args.externalPorts?.length
            ? [{ from: peersOf(args.externalClients), to: "otelCollector" as const, ports: args.externalPorts }]
            : []),
        flow(peersOf(args.externalClients), "ingestionProxy", proxyPorts.push),
        ...(["loki", "mimir", "pyroscope"] as const).map((store) =>
            flow("ingestionProxy", store, contract[store].ports.http),
        ),
        flow(clients, "pyroscope", pyroscope.ports.http),
        args.profileReceiver
            ? flow(clients, "alloyReceiver", pyroscope.ports.http)
            : flow("otelCollector", "alloyReceiver", alloyReceiver.ports.otlpHttp),
        ...(args.collectorPeers ? [flow("otelCollector", "otelCollector", peerPort)] : []),
        flow("alloyReceiver", "tempo", tempo.ports.otlpGrpc),
        flow("alloyReceiver", "loki", loki.ports.http),
        flow("alloyReceiver", "mimir", mimir.ports.http),
        flow("alloyLogs", "loki", loki.ports.http),
        flow("alloyMetrics", "mimir", mimir.ports.http),
        flow("prometheus", "mimir", mimir.ports.http),
        flow("alloyKafka", "mimir", mimir.ports.http),
        flow("alloyProfiles", "pyroscope", pyroscope.ports.http),
        flow("autoInstrumentation", "otelCollector", otlpHttp),
        ...(instrumentsOnNodes(args) ? [flow(nodes(args), "otelCollector", otlpHttp)] : []),
        ...(args.kubernetesEvents ? [flow("alloySingleton", "loki", loki.ports.http)] : []),
        ...(args.singletonPeers ? [flow("alloySingleton", "alloySingleton", metricsPorts.alloySingleton)] : []),
        // The second ruler accepts rules.
        ...(args.singletonMetrics || args.objectRuler ? [flow("alloySingleton", "mimir", mimir.ports.http)] : []),
        ...(args.scrapesProfiles ? [flow("alloyMetrics", "pyroscope", pyroscope.ports.http)] : []),
        ...(args.spanMetrics ? [flow("tempo", "mimir", mimir.ports.http)] : []),
        // Recording rules and alerts of Loki.
        flow("loki", "mimir", mimir.ports.http),
        // The ruler connects to the Alertmanager through the Service.
        ...(args.alertmanager ? [flow("mimir", "mimir", mimir.ports.http)] : []),
    ];
}

function storage({ workloadIdentity }: NetworkPoliciesArgs): Flow[] {
    const clients = [...backends, "bucketJob", "minio"] as const;
    return [
        ...clients.map((client) => flow(client, "minio", minio.ports.s3)),
        ...(workloadIdentity
            ? backends.flatMap((backend) => identityServices.map((service) => ({ ...service, from: backend })))
            : []),
    ];
}

/**
 * The services on the node that give credentials to pods, of EC2, EKS Pod Identity and GKE, and the token service of the cloud. The addresses are in
 * the documentation of these clouds.
 */
const identityServices = [
    { to: addresses(["169.254.169.254/32", "169.254.170.23/32"]), ports: [{ port: 80 }] },
    { to: addresses(["169.254.169.252/32"]), ports: [{ port: 988 }] },
    { to: addresses(allAddresses), ports: [{ port: 443 }] },
];

function scraping(args: NetworkPoliciesArgs): Flow[] {
    const { namespace, scrapedNamespaces, unscrapedNamespaces = [] } = args;
    const others = scrapedNamespaces?.filter((name) => name !== namespace);
    const scraped =
        others === undefined
            ? [namespacesExcept([namespace, ...unscrapedNamespaces])]
            : others.length > 0
              ? [namespacesNamed(others)]
              : [];
    const scraper = args.components.includes("prometheus") ? "prometheus" : "alloyMetrics";
    return [
        ...stackComponents.flatMap((component) => [
            flow(scraper, component, metricsPorts[component]),
            flow(peersOf(args.metricsClients), component, metricsPorts[component]),
        ]),
        // Annotations of the pods decide the ports.
        flow(scraper, scraped),
        ...(scraper === "prometheus" && args.scrapesProfiles ? [flow("alloyMetrics", scraped)] : []),
        // The monitors decide the ports.
        ...(args.monitors ? [flow("alloySingleton", scraped)] : []),
        flow(scraper, nodes(args), kubeletPort),
        ...(instrumentsOnNodes(args) ? [flow(scraper, nodes(args), metricsPorts.autoInstrumentation)] : []),
        ...controlPlane(args),
    ];
}

/** The flows to the parts of the control plane, except the API server. The static pods have the addresses of their nodes. */
function controlPlane(args: NetworkPoliciesArgs): Flow[] {
    const { controlPlane: parts = [] } = args;
    const ports = [
        ...(parts.includes("controllers") ? controllerPorts : []),
        ...(parts.includes("etcd") ? [etcdPort] : []),
    ];
    return [
        ...(parts.includes("coreDns") ? [flow("alloySingleton", [namespacesNamed(["kube-system"])], coreDnsPort)] : []),
        ...(ports.length > 0 ? [flow("alloySingleton", nodes(args), ...ports)] : []),
    ];
}

function nodes({ nodeCidrs = allAddresses }: NetworkPoliciesArgs): NetworkPolicyPeer[] {
    return addresses(nodeCidrs);
}

/** Its connections come from the addresses of the nodes, and its metrics are at these addresses. */
function instrumentsOnNodes({ components, instrumentationOnNodes = false }: NetworkPoliciesArgs): boolean {
    return instrumentationOnNodes && components.includes("autoInstrumentation");
}

function queries(args: NetworkPoliciesArgs): Flow[] {
    return [
        flow(peersOf(args.grafanaClients), "grafana", metricsPorts.grafana),
        ...([...backends, "prometheus"] as const).flatMap((backend) =>
            ["grafana" as const, peersOf(args.queryClients)].map((client) =>
                flow(client, backend, contract[backend].ports.http),
            ),
        ),
        ...(args.distributedTempo
            ? ["grafana" as const, peersOf(args.queryClients)].map((client) => flow(client, "tempo", gatewayPort))
            : []),
    ];
}

/** Replicas of a backend form a ring, and query each other. The gateways of distributed backends connect to the HTTP ports of the parts. */
function replicas({
    distributedLoki,
    distributedMimir,
    distributedTempo,
    distributedPyroscope,
}: NetworkPoliciesArgs): Flow[] {
    return [
        ...(["loki", "mimir"] as const).map((backend) => flow(backend, backend, memberlistPort, grpcPort)),
        // From the gateway to the parts, and from the parts to the caches.
        ...(distributedLoki ? [flow("loki", "loki", loki.ports.http, memcachedPort)] : []),
        ...(distributedMimir ? [flow("mimir", "mimir", mimir.ports.http, memcachedPort)] : []),
        ...(distributedTempo
            ? [
                  flow("tempo", "tempo", memberlistPort, grpcPort, memcachedPort),
                  flow("tempo", "tempo", tempo.ports.http, tempo.ports.otlpGrpc, otlpHttpPort),
              ]
            : []),
        ...(distributedPyroscope
            ? [flow("pyroscope", "pyroscope", pyroscope.ports.http, memberlistPort, grpcPort, raftPort)]
            : []),
    ];
}

/** The clients of Redpanda. Each of them connects to each broker. Brokers also ask each other over the admin API. */
function kafka({ kafkaClients }: NetworkPoliciesArgs): Flow[] {
    const { kafka: kafkaPort, admin } = redpanda.ports;
    return [
        flow(peersOf(kafkaClients), "redpanda", kafkaPort),
        flow("alloyKafka", "redpanda", kafkaPort),
        flow("redpandaConsole", "redpanda", kafkaPort, admin),
        flow("redpanda", "redpanda", kafkaPort, admin, redpandaRpcPort),
    ];
}

function kubernetes({
    apiServer = {},
    kubernetesEvents,
    monitors,
    objectRuler,
    controlPlane: parts = [],
}: NetworkPoliciesArgs): Flow[] {
    const { cidrs = allAddresses, ports = [443, 6443] } = apiServer;
    const clients = [
        "otelCollector",
        "alloyLogs",
        "alloyMetrics",
        "alloyProfiles",
        "kubeStateMetrics",
        "prometheus",
        "autoInstrumentation",
    ] as const;
    return [
        ...clients,
        ...(kubernetesEvents || monitors || objectRuler || parts.length > 0 ? (["alloySingleton"] as const) : []),
    ].map((client) => flow(client, addresses(cidrs), ...ports));
}

/** The load monitor sends data like an application, and compares it with what the backends report. It writes its own metrics to Mimir. */
function loadMonitor({ distributedTempo }: NetworkPoliciesArgs): Flow[] {
    const { zipkin, otlpGrpc, otlpHttp } = otelCollector.ports;
    return [
        flow("loadMonitor", "otelCollector", zipkin, otlpGrpc, otlpHttp),
        ...(["loki", "tempo", "mimir"] as const).map((backend) =>
            flow("loadMonitor", backend, contract[backend].ports.http),
        ),
        ...(distributedTempo ? [flow("loadMonitor", "tempo", gatewayPort)] : []),
    ];
}

/** The pods that the commands `migrate`, `backup` and `restore` create. */
function commands(): Flow[] {
    return [
        flow("copyJob", "minio", minio.ports.s3),
        flow("copyJob", "stagingMinio", minio.ports.s3),
        // A backup can be in any S3 service, in the cluster or outside of it.
        flow("copyJob", peersOf({ everywhere: true })),
    ];
}

function outside({ namespace, destinations = [], ingress = [], egress = [] }: NetworkPoliciesArgs): Flow[] {
    const connection = ({ component, ports = [], ...peers }: ConnectionsArgs) => ({
        group: component as StackComponent,
        peers: peersOf(peers),
        ports: ports.map((port) => ({ port })),
    });
    return [
        ...destinations.map(({ component, url }) => {
            const { peers, ports } = destinationOf(url, namespace);
            return { from: component as StackComponent, to: peers, ports };
        }),
        ...ingress.map(connection).map(({ group, peers, ports }) => ({ from: peers, to: group, ports })),
        ...egress.map(connection).map(({ group, peers, ports }) => ({ from: group, to: peers, ports })),
    ];
}
