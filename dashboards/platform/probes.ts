import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import { stat, table, timeSeries } from "../lib/panels";
import { inCluster } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster, multiValueVariable } from "../lib/variables";

const selected = `{${inCluster}, job="blackbox", probe=~"$probe"}`;
const success = `max by (probe, instance) (probe_success${selected})`;
const duration = `max by (probe, instance) (probe_duration_seconds${selected})`;
const uptime = `avg by (probe, instance) (avg_over_time(probe_success${selected}[$__range]))`;
const expiry = `min by (probe, instance) (probe_ssl_earliest_cert_expiry${selected}) - time()`;

/** Synthetic probes of URLs. */
export default (): Dashboard =>
    createDashboard(
        {
            uid: "platform-probes",
            title: "Probes",
            description: "Results of the synthetic probes of URLs and ports.",
            variables: [
                cluster(),
                multiValueVariable(
                    "probe",
                    "Probe",
                    `label_values(probe_success{${inCluster}, job="blackbox"}, probe)`,
                ),
            ],
            drilldown: { dashboards: { "platform-overview": "Platform overview" }, logs: `{${inCluster}}` },
        },
        row(
            "Probe status",
            stat("Failing probes", {
                description: "The number of probes whose last attempt has failed. Normal is 0.",
                unit: unit.count,
                queries: { failing: `sum(${success} == bool 0)` },
                criticalAbove: 1,
            }),
            stat("Lowest success ratio", {
                description: "The lowest ratio of successful attempts of a probe in the selected time range.",
                unit: unit.ratio,
                queries: { success: `min(${uptime})` },
                criticalBelow: 0.99,
            }),
            stat("Next certificate expiration", {
                description: "The time until the first certificate of a probed server expires.",
                unit: unit.seconds,
                queries: { "time left": `min(${expiry})` },
                criticalBelow: 14 * 86400,
            }),
            table("Probes", {
                description: "Each probe with the ratio of its successful attempts in the selected time range.",
                width: 24,
                sortBy: "Duration",
                columns: {
                    Successful: { query: success, unit: unit.count, criticalBelow: 1 },
                    "Success ratio": { query: uptime, unit: unit.ratio, criticalBelow: 0.99 },
                    Duration: { query: duration, unit: unit.seconds, warnAbove: 1 },
                    "Status code": {
                        query: `max by (probe, instance) (probe_http_status_code${selected})`,
                        unit: unit.none,
                    },
                    "Certificate expires in": { query: expiry, unit: unit.seconds, criticalBelow: 14 * 86400 },
                },
            }),
        ),
        row(
            "Probes over time",
            timeSeries("Success", {
                description: "1 if the last attempt was successful, and 0 if it has failed.",
                unit: unit.none,
                width: 12,
                max: 1,
                queries: { "{{probe}}": success },
            }),
            timeSeries("Duration", {
                description: "The duration of a probe: name resolution, connection, TLS and response.",
                unit: unit.seconds,
                width: 12,
                queries: { "{{probe}}": duration },
            }),
            timeSeries("Duration by phase of HTTP probes", {
                description: "Where the time of HTTP probes goes. A long phase processing is a slow server.",
                unit: unit.seconds,
                width: 12,
                queries: {
                    "{{probe}} {{phase}}": `max by (probe, phase) (probe_http_duration_seconds${selected})`,
                },
            }),
            timeSeries("Time for name resolution", {
                description:
                    "The time until the host name is resolved. If it is long for all probes, the DNS server is slow.",
                unit: unit.seconds,
                width: 12,
                queries: { "{{probe}}": `max by (probe) (probe_dns_lookup_time_seconds${selected})` },
            }),
        ),
    );
