import type { Cases } from "../case";
import { partDown } from "../control-plane";
import { buckets, perSecond, series } from "../series";

const coreDns = { cluster: "c", namespace: "kube-system", job: "coredns", pod: "coredns-0" };

export default {
    CoreDNSDown: partDown("pod of CoreDNS", "coredns"),
    CoreDNSErrorsHigh: {
        after: "30m",
        fires: {
            [series("coredns_dns_responses_total", { ...coreDns, rcode: "SERVFAIL" })]: perSecond(1),
            [series("coredns_dns_responses_total", { ...coreDns, rcode: "NXDOMAIN" })]: perSecond(9),
        },
        labels: { cluster: "c" },
        summary: "c: CoreDNS answers 10% of the queries with SERVFAIL",
        silent: {
            [series("coredns_dns_responses_total", { ...coreDns, rcode: "SERVFAIL" })]: perSecond(1),
            [series("coredns_dns_responses_total", { ...coreDns, rcode: "NXDOMAIN" })]: perSecond(99),
        },
    },
    CoreDNSLatencyHigh: {
        after: "30m",
        fires: buckets("coredns_dns_request_duration_seconds", coreDns, { "1.024": 90, "2.048": 100, "+Inf": 100 }),
        labels: { cluster: "c" },
        summary: "c: 1 % of the queries to CoreDNS take longer than 1.946s",
        silent: buckets("coredns_dns_request_duration_seconds", coreDns, {
            "0.512": 100,
            "2.048": 100,
            "+Inf": 100,
        }),
    },
} satisfies Cases;
