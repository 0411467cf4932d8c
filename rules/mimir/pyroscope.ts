import type { RuleFile } from "../define";
import { failedRequests, unhealthyMembers } from "../expressions";

export default {
    group: "pyroscope",
    about: "Pyroscope, the store of profiles.",
    rules: [
        {
            alert: "PyroscopeRingMemberUnhealthy",
            severity: "critical",
            for: "15m",
            summary: "{{ $value }} members of Pyroscope's ring {{ $labels.name }} have stopped to report",
            expr: () => unhealthyMembers("pyroscope", "pyroscope"),
        },
        {
            alert: "PyroscopeRequestErrors",
            severity: "warning",
            for: "10m",
            threshold: { default: 0.05, unit: "share of requests, from 0 to 1" },
            summary:
                "Pyroscope answers {{ $value | humanizePercentage }} of the requests to {{ $labels.route }} with an error",
            expr: (share) => failedRequests("pyroscope", "pyroscope", share),
        },
        {
            alert: "PyroscopeProfilesDiscarded",
            severity: "warning",
            for: "10m",
            summary: "Pyroscope throws away {{ $value | humanize1024 }}B a second: {{ $labels.reason }}",
            expr: () =>
                'sum by (cluster, namespace, job, tenant, reason) (rate(pyroscope_discarded_bytes_total{job="pyroscope"}[5m])) > 0',
        },
        {
            alert: "PyroscopeMetastoreNoLeader",
            severity: "critical",
            for: "10m",
            summary: "Pyroscope's metastore has no leader: nothing can be written",
            expr: () =>
                'sum by (cluster, namespace, job) (pyroscope_metastore_raft_state{job="pyroscope"}) unless sum by (cluster, namespace, job) (pyroscope_metastore_raft_state{job="pyroscope", state="Leader"}) > 0',
        },
    ],
} satisfies RuleFile;
