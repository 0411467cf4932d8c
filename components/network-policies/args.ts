/** Pods and addresses outside of the stack. The keys add up: a pod that matches one of them belongs to the peers. */
export interface PeersArgs {
    /** Names of namespaces. Default: none. */
    namespaces?: string[];
    /** Labels of namespaces. A namespace must have all of them. Default: none. */
    namespaceLabels?: { [key: string]: string };
    /** Address ranges, such as "10.0.0.0/8". Default: none. */
    cidrs?: string[];
    /** Whether every pod and every address is meant. Default: false. */
    everywhere?: boolean;
}

/** Additional connections of a component. */
export interface ConnectionsArgs {
    /** Component of the stack, such as "grafana". */
    component: string;
    /** Namespaces of the other side. Default: none. */
    namespaces?: string[];
    /** Address ranges of the other side. Default: none. */
    cidrs?: string[];
    /** TCP ports of the destination. Default: all TCP ports. */
    ports?: number[];
}

/** A port. */
export interface PortArgs {
    /** Number of the port. */
    port: number;
    /** "TCP" or "UDP". Default: "TCP". */
    protocol?: string;
}

/** A service outside of the namespace that a component connects to. */
export interface DestinationArgs {
    /** Component of the stack, such as "loki". */
    component: string;
    /**
     * URL of the service, or its host and port. A Service in the cluster is recognized by ".svc" in its host name: then all TCP ports in its
     * namespace are open, because the port of its pods is unknown. For a host outside of the cluster, the port is open to all addresses, because
     * a NetworkPolicy cannot contain a host name.
     */
    url: string;
}

/** The DNS server of the cluster. */
export interface DnsArgs {
    /** Namespace of the DNS server. Default: "kube-system". */
    namespace?: string;
    /** Ports of the pods of the DNS server, for TCP and UDP. Default: [53]. */
    ports?: number[];
    /** Address ranges of DNS caches on nodes. Default: ["169.254.20.10/32"], the address of NodeLocal DNSCache. */
    cidrs?: string[];
}

/** The API server of the cluster. */
export interface ApiServerArgs {
    /** Address ranges of the API server. Default: all addresses. */
    cidrs?: string[];
    /** Ports of the API server. Default: [443, 6443]. */
    ports?: number[];
}

/** Arguments of NetworkPolicies. */
export interface NetworkPoliciesArgs {
    /** Namespace of the components. It must exist. The policies apply to all pods in it. */
    namespace: string;
    /**
     * Components in the namespace: "otelCollector", "alloyReceiver", "alloyLogs", "alloyMetrics", "alloySingleton", "alloyProfiles", "loki", "tempo", "mimir",
     * "pyroscope", "grafana", "kubeStateMetrics", "prometheus", "alloyKafka", "redpanda", "autoInstrumentation", "ingestionProxy" and "minio". With "prometheus", it scrapes what the
     * metrics scraper would, except the nodes.
     */
    components: string[];
    /** Who sends data to the collector and to Pyroscope. Default: none. */
    clients?: PeersArgs;
    /** Who queries Loki, Tempo, Mimir and Pyroscope, in addition to Grafana. Default: none. */
    queryClients?: PeersArgs;
    /** Who connects to Grafana. Default: none. */
    grafanaClients?: PeersArgs;
    /** Who scrapes the metrics of the components, in addition to the metrics scraper. Default: none. */
    metricsClients?: PeersArgs;
    /** Ports on which the collector accepts data of clients. Default: Zipkin 9411, OTLP 4317 and 4318. */
    collectorPorts?: PortArgs[];
    /** Who connects to `externalPorts` of the collector, and to the ingestion proxy. Default: none. */
    externalClients?: PeersArgs;
    /** Ports on which the collector accepts data from outside of the cluster. Default: none. */
    externalPorts?: PortArgs[];
    /** Whether replicas of the collector send spans to each other, for tail sampling. Default: false. */
    collectorPeers?: boolean;
    /** Namespaces whose pods the metrics scraper scrapes. Default: all namespaces. */
    scrapedNamespaces?: string[];
    /** Namespaces whose pods the metrics scraper does not scrape. Default: none. */
    unscrapedNamespaces?: string[];
    /** Whether Alloy as the receiver accepts profiles of clients on port 4040, instead of OTLP of the collector. Default: false. */
    profileReceiver?: boolean;
    /** Whether the metrics scraper sends profiles to Pyroscope. Default: false. */
    scrapesProfiles?: boolean;
    /** Whether the auto-instrumentation uses the network of its nodes, to which NetworkPolicies of pods do not apply. Default: false. */
    instrumentationOnNodes?: boolean;
    /** Whether lgtm-alloy-singleton stores events of Kubernetes. Default: false. */
    kubernetesEvents?: boolean;
    /**
     * Whether lgtm-alloy-singleton writes metrics of probes, databases, monitors or the control plane to Mimir. `destinations` has the probed addresses and those of
     * the databases. Default: false.
     */
    singletonMetrics?: boolean;
    /** Whether replicas of lgtm-alloy-singleton connect to each other, to distribute their targets. Default: false. */
    singletonPeers?: boolean;
    /** Whether lgtm-alloy-singleton scrapes the targets of monitors in `scrapedNamespaces`. Default: false. */
    monitors?: boolean;
    /** Whether Mimir has a second ruler, to which lgtm-alloy-singleton writes rules. Default: false. */
    objectRuler?: boolean;
    /** Parts of the control plane that lgtm-alloy-singleton scrapes: "apiServer", "coreDns", "controllers" and "etcd". Default: none. */
    controlPlane?: string[];
    /** Who connects to the Kafka API of Redpanda. Default: none. */
    kafkaClients?: PeersArgs;
    /** Whether the load monitor sends data to the collector, and queries Loki, Tempo and Mimir. Default: false. */
    loadMonitor?: boolean;
    /** Whether Tempo generates metrics from spans, and writes them to Mimir. Default: false. */
    spanMetrics?: boolean;
    /** Whether Loki runs as separate parts, which connect to each other. Default: false. */
    distributedLoki?: boolean;
    /** Whether Mimir runs as separate parts, behind a gateway. Default: false. */
    distributedMimir?: boolean;
    /** Whether Tempo runs as separate parts, behind a gateway. Default: false. */
    distributedTempo?: boolean;
    /** Whether Pyroscope runs as separate parts, behind a gateway. Default: false. */
    distributedPyroscope?: boolean;
    /** Whether Mimir runs the Alertmanager. Default: false. */
    alertmanager?: boolean;
    /** Services outside of the namespace that components connect to. Default: none. */
    destinations?: DestinationArgs[];
    /** Whether the backends get their S3 credentials from the identity service of a cloud. Default: false. */
    workloadIdentity?: boolean;
    /** Address ranges of the nodes, for the kubelets and for the auto-instrumentation. Default: all addresses. */
    nodeCidrs?: string[];
    /** API server of the cluster. Default: port 443 and 6443 of all addresses. */
    apiServer?: ApiServerArgs;
    /** DNS server of the cluster. Default: port 53 in the namespace kube-system, and NodeLocal DNSCache. */
    dns?: DnsArgs;
    /** Further connections to components. Default: none. */
    ingress?: ConnectionsArgs[];
    /** Further connections of components. Default: none. */
    egress?: ConnectionsArgs[];
}
