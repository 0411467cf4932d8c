import { isIP } from "net";
import { z } from "zod";
import { stackComponents } from "../../validation/components";
import { group, type PerProfile, setting } from "./setting";
import { boolean, emptyOrLabelValue, label, labelKey, listOf, oneOf, someOf, strict, text, wholeNumber } from "./types";

const port = () => wholeNumber("a whole number from 1 to 65535", (value) => value >= 1 && value <= 65_535);
const cidr = () =>
    text('an address range such as "10.0.0.0/8"', (value) => {
        const [address = "", length = "", ...rest] = value.split("/");
        const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
        return rest.length === 0 && /^\d{1,3}$/.test(length) && Number(length) <= bits;
    });
const cidrs = () => listOf(cidr(), "address ranges");
const namespaces = () => listOf(label(), "namespaces");

const connection = (direction: "source" | "destination") =>
    strict({
        component: setting(oneOf(...stackComponents), {
            description: `Component of the stack, the ${direction === "source" ? "destination" : "source"} of the connections: ${stackComponents.join(", ")}.`,
            example: "loki",
        }),
        namespaces: setting(namespaces().optional(), {
            description: `Namespaces of the ${direction}.`,
            computed: "none",
            example: ["reports"],
        }),
        cidrs: setting(cidrs().optional(), {
            description: `Address ranges of the ${direction}.`,
            computed: "none",
            example: ["10.20.0.0/16"],
        }),
        ports: setting(someOf(port(), "ports").optional(), {
            description: "TCP ports of the destination. For a pod, they are the ports of its containers.",
            computed: "all TCP ports",
            example: [3100],
        }),
    });

const connections = (direction: "source" | "destination", description: string, example: object) =>
    setting(listOf(connection(direction), "connections").default([]), {
        description,
        type: "ConnectionsArgs[]",
        example: [example],
    });

/** NetworkPolicies of the namespace. */
export const networkPolicies = (per: PerProfile) =>
    group(
        {
            enabled: setting(boolean().default(per({ dev: false, prod: true })), {
                description:
                    "Whether the stack creates NetworkPolicies: every connection of its pods is denied, except those of the data flow. They apply to all pods in the namespace of the stack. In the profile dev they are off, because there applications of any namespace send data.",
                example: true,
            }),
            clientNamespaces: setting(namespaces().optional(), {
                description:
                    "Namespaces whose pods may send data to the collector and to Pyroscope, in addition to those with the labels of clientLabels.",
                computed: "dapr.namespaces and collectFrom.namespaces",
                example: ["shop", "payment"],
            }),
            clientLabels: setting(
                z
                    .record(labelKey(), emptyOrLabelValue(), { error: "a map of labels" })
                    .default({ "observability.mathtrail/client": "true" }),
                {
                    description:
                        "Labels of namespaces whose pods may send data. A namespace must have all of them. With an empty map, only clientNamespaces applies.",
                    example: { "example.com/telemetry": "enabled" },
                },
            ),
            ingressNamespaces: setting(namespaces().default([]), {
                description:
                    "Namespaces of the ingress controller. If it and ingressCidrs are empty, and Grafana has an ingress or a rootUrl, every address can connect to the port of Grafana.",
                example: ["ingress-nginx"],
            }),
            ingressCidrs: setting(cidrs().default([]), {
                description: "Address ranges of load balancers that connect to the pod of Grafana directly.",
                example: ["10.0.0.0/16"],
            }),
            metricsNamespaces: setting(namespaces().default([]), {
                description:
                    "Namespaces whose pods may scrape the metrics of the stack: of another Prometheus, or of another stack of this cluster.",
                example: ["prometheus"],
            }),
            apiServerCidrs: setting(someOf(cidr(), "address ranges").optional(), {
                description: "Address ranges of the API server of the cluster.",
                computed: "all addresses",
                example: ["10.0.0.1/32"],
            }),
            apiServerPorts: setting(someOf(port(), "ports").optional(), {
                description: "Ports of the API server of the cluster.",
                computed: "443 and 6443",
                example: [6443],
            }),
            nodeCidrs: setting(someOf(cidr(), "address ranges").optional(), {
                description: "Address ranges of the nodes. The metrics scraper connects to the kubelet on port 10250.",
                computed: "all addresses",
                example: ["10.0.0.0/16"],
            }),
            dns: setting(
                strict({
                    namespace: setting(label().optional(), {
                        description: "Namespace of the DNS server.",
                        computed: "kube-system",
                        example: "openshift-dns",
                    }),
                    ports: setting(someOf(port(), "ports").optional(), {
                        description: "Ports of the pods of the DNS server, for TCP and UDP.",
                        computed: "53",
                        example: [5353],
                    }),
                    cidrs: setting(cidrs().optional(), {
                        description: "Address ranges of DNS caches on the nodes.",
                        computed: "169.254.20.10/32, the address of NodeLocal DNSCache",
                        example: ["169.254.25.10/32"],
                    }),
                }).optional(),
                { description: "DNS server of the cluster.", computed: "kube-dns", type: "DnsArgs" },
            ),
            ingress: connections("source", "Further connections from outside of the stack to its components.", {
                component: "loki",
                namespaces: ["reports"],
                ports: [3100],
            }),
            egress: connections("destination", "Further connections of components to the outside of the stack.", {
                component: "grafana",
                cidrs: ["10.20.0.0/16"],
                ports: [5432],
            }),
        },
        { description: "NetworkPolicies of the namespace of the stack.", interface: "StackNetworkPoliciesArgs" },
    );
