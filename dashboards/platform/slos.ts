import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { board, row } from "../lib/board";
import { lines, number, rows } from "../lib/panels";
import { inCluster } from "../lib/selectors";
import { unit } from "../lib/units";
import { choices, cluster } from "../lib/variables";

// The rules of rules/mimir/slos.ts record these. What is declared has no cluster, what is measured has.
const declared = 'slo=~"$slo"';
const measured = `${inCluster}, ${declared}`;
const slos = () => choices("slo", "SLO", "label_values(slo:objective:ratio, slo)");

/** What services promise, and how much of what they may fail is left. */
export default (): Dashboard =>
    board(
        {
            uid: "platform-slos",
            title: "SLOs",
            about: "What services promise, how they keep it, and how fast they use up what they may fail. The setting slos declares them.",
            variables: [cluster(), slos()],
            behind: {
                dashboards: { "platform-overview": "Platform overview" },
                logs: `{${inCluster}} | detected_level=~"error|fatal|critical"`,
                traces: '{ resource.cluster = "$cluster" && status = error }',
            },
        },
        row(
            "Is every promise kept?",
            number("SLOs", {
                about: "That are declared.",
                unit: unit.count,
                width: 6,
                show: { declared: `count(slo:objective:ratio{${declared}})` },
            }),
            number("Broken", {
                about: "That failed more than they may, over their window.",
                unit: unit.count,
                width: 6,
                show: {
                    broken: `count(slo:error_budget_remaining:ratio{${measured}} < 0) or 0 * count(slo:objective:ratio{${declared}})`,
                },
                badAbove: 1,
            }),
            number("Least budget left", {
                about: "Share of what may fail that is left, of the SLO with least.",
                unit: unit.ratio,
                width: 6,
                show: { left: `min(slo:error_budget_remaining:ratio{${measured}})` },
                badBelow: 0.1,
            }),
            number("Fastest burning", {
                about: "How many times as fast as its objective allows, in the last hour. At 1 the budget lasts exactly for the window.",
                unit: unit.none,
                width: 6,
                show: { rate: `max(slo:burn_rate:1h{${measured}})` },
                warnAbove: 1,
                badAbove: 14.4,
            }),
            rows("SLOs", {
                about: "Each with what it promises and what it kept. A click shows the service.",
                width: 24,
                height: 10,
                sortBy: "Burn rate, 1 h",
                columns: {
                    Objective: {
                        show: `max by (slo, service, sli) (slo:objective:ratio{${declared}})`,
                        unit: unit.ratio,
                    },
                    "Kept, over the window": {
                        show: `1 - max by (slo, service, sli) (slo:error_ratio:window{${measured}})`,
                        unit: unit.ratio,
                    },
                    "Budget left": {
                        show: `min by (slo, service, sli) (slo:error_budget_remaining:ratio{${measured}})`,
                        unit: unit.ratio,
                        badBelow: 0.1,
                    },
                    "Burn rate, 1 h": {
                        show: `max by (slo, service, sli) (slo:burn_rate:1h{${measured}})`,
                        unit: unit.none,
                        warnAbove: 1,
                        badAbove: 14.4,
                    },
                    "Burn rate, 1 d": {
                        show: `max by (slo, service, sli) (slo:burn_rate:1d{${measured}})`,
                        unit: unit.none,
                        warnAbove: 1,
                        badAbove: 3,
                    },
                },
                open: { service: { dashboard: "platform-service", variables: { service: "service" } } },
            }),
        ),
        row(
            "When was the budget used up, and how fast?",
            lines("Budget left", {
                about: "Share of what may fail over the window. Below 0 the promise is broken.",
                unit: unit.ratio,
                min: -1,
                show: { "{{slo}}": `slo:error_budget_remaining:ratio{${measured}}` },
                badBelow: 0,
            }),
            lines("Burn rate, one hour", {
                about: "How many times as fast as the objective allows.",
                unit: unit.none,
                show: { "{{slo}}": `slo:burn_rate:1h{${measured}}` },
                warnAbove: 1,
            }),
            lines("Burn rate, six hours", {
                about: "The same, more calmly.",
                unit: unit.none,
                show: { "{{slo}}": `slo:burn_rate:6h{${measured}}` },
                warnAbove: 1,
            }),
        ),
        row(
            "How many requests are behind it?",
            lines("Requests", {
                about: "That count for the SLO. Of few, one that fails weighs much.",
                unit: unit.requestsPerSecond,
                width: 12,
                show: { "{{slo}}": `slo:requests:rate5m{${measured}}` },
            }),
            lines("Bad requests", {
                about: "That failed, or took too long.",
                unit: unit.requestsPerSecond,
                width: 12,
                show: { "{{slo}}": `slo:errors:rate5m{${measured}}` },
            }),
        ),
    );
