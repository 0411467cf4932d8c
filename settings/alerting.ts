import { knownAlerts, renamedAlerts } from "../rules";
import { sloName } from "../rules/mimir/slos";
import { durationSeconds } from "../validation/durations";
import { didYouMean, nearest, oneOfText } from "../validation/nearest";
import { valueAt } from "./paths";
import { receiverMistakes } from "./receivers";
import type { Context, Mistake, Path, Rule } from "./rule";
import type { CheckedSettings } from "./schema";

/** Rules that cover several keys of slos, alerts and alerting. */
export const alertingRules: Rule[] = [
    { reads: ["slos"], mistakes: sloMistakes },
    // The profile decides the default of the retention.
    { reads: ["profile", "slos", "retention.metrics"], mistakes: windowMistakes },
    { reads: ["alerts.thresholds"], mistakes: thresholdMistakes },
    { reads: ["alerting.receivers"], mistakes: receiverMistakes },
    { reads: ["alerting.receivers", "alerting.routes"], mistakes: routeMistakes },
    ...(["defaultReceiver", "heartbeatReceiver"] as const).map((key): Rule => ({
        reads: ["alerting.receivers", `alerting.${key}`],
        mistakes: ({ alerting }, context) => unknownReceiver(["alerting", key], alerting[key], context),
    })),
    { reads: ["slos", "alerts.disabledGroups"], mistakes: disabledSlos },
    { reads: ["alerts.disabledGroups", "alerting.heartbeatReceiver"], mistakes: disabledHeartbeat },
];

function disabledSlos({ slos, alerts }: CheckedSettings): Mistake[] {
    return slos.length > 0 ? withoutGroup(["slos"], "slos", alerts) : [];
}

function disabledHeartbeat({ alerts, alerting }: CheckedSettings): Mistake[] {
    return alerting.heartbeatReceiver === undefined
        ? []
        : withoutGroup(["alerting", "heartbeatReceiver"], "watchdog", alerts);
}

/** The mistake of a setting that needs a group of rules, if the group is disabled. */
function withoutGroup(path: Path, group: string, { disabledGroups }: CheckedSettings["alerts"]): Mistake[] {
    const message = `has no effect, because alerts.disabledGroups disables the rule group ${group}`;
    return disabledGroups.includes(group) ? [{ path, message, sentence: true }] : [];
}

function windowMistakes({ slos, retention }: CheckedSettings): Mistake[] {
    return slos.flatMap((slo, index): Mistake[] =>
        (durationSeconds(slo.window) ?? 0) > (durationSeconds(retention.metrics) ?? 0)
            ? [
                  {
                      path: ["slos", index, "window"],
                      message: `at most retention.metrics, which is ${JSON.stringify(retention.metrics)}, because older data is deleted`,
                  },
              ]
            : [],
    );
}

function sloMistakes({ slos }: CheckedSettings): Mistake[] {
    const names = slos.map(sloName);
    return slos.flatMap((slo, index): Mistake[] => {
        const thresholdMs = ["slos", index, "thresholdMs"];
        const first = names.indexOf(names[index] ?? "");
        return [
            slo.kind === "latency" &&
                slo.thresholdMs === undefined && {
                    path: thresholdMs,
                    message: 'is missing; kind "latency" needs the maximum duration of a good request in milliseconds',
                    sentence: true,
                },
            slo.kind !== "latency" &&
                slo.thresholdMs !== undefined && {
                    path: thresholdMs,
                    message: 'has no effect with kind "availability"; remove it, or set kind to "latency"',
                    sentence: true,
                },
            first < index && {
                path: ["slos", first],
                also: ["slos", index],
                message: `have the same name ${JSON.stringify(names[index])}; set a different name for one of them`,
                sentence: true,
            },
        ].filter((mistake) => mistake !== false);
    });
}

function thresholdMistakes({ alerts }: CheckedSettings, { raw, isWrong }: Context): Mistake[] {
    const known = knownAlerts();
    const withThreshold = known.filter(({ threshold }) => threshold !== undefined).map(({ alert }) => alert);
    // An invalid number must not hide an unknown alert.
    return Object.keys(valueAt(raw, ["alerts", "thresholds"]) ?? {}).flatMap((name): Mistake[] => {
        const path = ["alerts", "thresholds", name];
        const wrong = (message: string) => [{ path, message, sentence: true }];
        const alert = known.find((other) => other.alert === name);
        const renamed = renamedAlerts.get(name);
        if (renamed !== undefined) {
            return wrong(`is the former name of the alert ${renamed}; use the new name`);
        }
        if (alert === undefined) {
            const meant = nearest(name, [...withThreshold, ...renamedAlerts.keys()]) ?? "";
            return wrong(
                `is not an alert of this stack${didYouMean((renamedAlerts.get(meant) ?? meant) || undefined)}`,
            );
        }
        if (alert.threshold === undefined) {
            return wrong("is an alert without an adjustable threshold; docs/alerts.md lists the thresholds");
        }
        return alert.threshold.unit.includes("from 0 to 1") && (alerts.thresholds[name] ?? 0) > 1 && !isWrong(path)
            ? [{ path, message: `a ${alert.threshold.unit}` }]
            : [];
    });
}

function routeMistakes({ alerting }: CheckedSettings, context: Context): Mistake[] {
    return alerting.routes.flatMap(({ receiver }, index) =>
        unknownReceiver(["alerting", "routes", index, "receiver"], receiver, context),
    );
}

/** The mistake of a name that is not the name of a receiver. A receiver with other mistakes has a name too. */
function unknownReceiver(path: Path, name: string | undefined, { raw, isWrong }: Context): Mistake[] {
    const list = ["alerting", "receivers"];
    const receivers = (valueAt(raw, list) ?? []) as { name?: unknown }[];
    const valid = receivers.filter((_, index) => !isWrong([...list, index, "name"]));
    const names = [...new Set(valid.map((receiver) => receiver?.name).filter((other) => typeof other === "string"))];
    if (name === undefined || names.includes(name)) {
        return [];
    }
    const message =
        names.length === 0
            ? `the name of a receiver, but ${receivers.length === 0 ? "alerting.receivers is empty" : "no receiver has a valid name"}`
            : `the name of a receiver: ${oneOfText(name, names)}`;
    return [{ path, message, choices: names }];
}
