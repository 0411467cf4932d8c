import { knownAlerts } from "../rules";
import { sloName } from "../rules/mimir/slos";
import { durationSeconds } from "../validation/durations";
import type { Mistake, Path, Rule } from "./rule";
import type { CheckedSettings } from "./schema";
import { ReceiverKind } from "../components/mimir/args";

type Receiver = CheckedSettings["alerting"]["receivers"][number];

/** Rules that cover several keys of slos, alerts and alerting. */
export const alertingRules: Rule[] = [
    { reads: ["profile", "slos", "retention.metrics"], mistakes: sloMistakes },
    { reads: ["alerts.thresholds"], mistakes: thresholdMistakes },
    { reads: ["alerting.receivers"], mistakes: receiverMistakes },
    { reads: ["alerting"], mistakes: routeMistakes },
    { reads: ["slos", "alerts.disabledGroups", "alerting.heartbeatReceiver"], mistakes: disabledMistakes },
];

/** Settings that need a disabled group of rules. */
function disabledMistakes({ slos, alerts, alerting }: CheckedSettings): Mistake[] {
    const without = (group: string) => `has no effect, because alerts.disabledGroups disables the rule group ${group}`;
    const off = (group: string) => alerts.disabledGroups.includes(group);
    return [
        off("slos") && slos.length > 0 && { path: ["slos"], message: without("slos"), sentence: true },
        off("watchdog") &&
            alerting.heartbeatReceiver !== undefined && {
                path: ["alerting", "heartbeatReceiver"],
                message: without("watchdog"),
                sentence: true,
            },
    ].filter((mistake) => mistake !== false);
}

function sloMistakes({ slos, retention }: CheckedSettings): Mistake[] {
    const names = slos.map(sloName);
    return slos.flatMap((slo, index): Mistake[] => {
        const at = (key: string) => ["slos", index, key];
        const latency = slo.kind === "latency";
        return [
            (durationSeconds(slo.window) ?? 0) > (durationSeconds(retention.metrics) ?? 0) && {
                path: at("window"),
                message: `at most retention.metrics, which is ${JSON.stringify(retention.metrics)}, because older data is deleted`,
            },
            latency &&
                slo.thresholdMs === undefined && {
                    path: at("thresholdMs"),
                    message: 'is missing; kind "latency" needs the maximum duration of a good request in milliseconds',
                    sentence: true,
                },
            !latency &&
                slo.thresholdMs !== undefined && {
                    path: at("thresholdMs"),
                    message: 'has no effect with kind "availability"',
                    sentence: true,
                },
            names.indexOf(names[index] ?? "") < index && {
                path: at("name"),
                message: `different from the name of slos[${names.indexOf(names[index] ?? "")}], which is ${JSON.stringify(names[index])}`,
            },
        ].filter((mistake) => mistake !== false);
    });
}

function thresholdMistakes({ alerts }: CheckedSettings): Mistake[] {
    const known = knownAlerts();
    return Object.entries(alerts.thresholds).flatMap(([alert, value]): Mistake[] => {
        const unit = known.find((other) => other.alert === alert)?.threshold?.unit ?? "";
        return unit.includes("from 0 to 1") && value > 1
            ? [{ path: ["alerts", "thresholds", alert], message: `a ${unit}` }]
            : [];
    });
}

/** Required and optional keys of each kind of receiver. */
const receiverKeys: Record<ReceiverKind, { required: Key[]; optional: Key[] }> = {
    webhook: { required: [], optional: ["url", "existingSecret"] },
    slack: { required: ["existingSecret"], optional: ["channel"] },
    pagerduty: { required: ["existingSecret"], optional: [] },
    email: { required: ["to", "from", "smarthost"], optional: ["username", "existingSecret"] },
    oncall: { required: ["existingSecret"], optional: [] },
};
const meanings = {
    url: "the URL",
    existingSecret: "the name of the Secret with the confidential value: the URL, the routing key or the password",
    channel: "the channel",
    to: "the recipient's email address",
    from: "the sender's email address",
    smarthost: 'the mail server and its port, such as "mail.example.com:587"',
    username: "the user name for the mail server",
};
type Key = keyof typeof meanings;

function receiverMistakes({ alerting: { receivers } }: CheckedSettings): Mistake[] {
    return receivers.flatMap((receiver, index): Mistake[] => {
        const at = (key: string) => ["alerting", "receivers", index, key];
        const { required, optional } = receiverKeys[receiver.kind];
        const missing = (key: Key): Mistake => ({
            path: at(key),
            message: `is missing; for kind ${JSON.stringify(receiver.kind)} it must be ${meanings[key]}`,
            sentence: true,
        });
        const unused = (key: string, why: string): Mistake => ({
            path: at(key),
            message: `has no effect ${why}`,
            sentence: true,
        });
        return [
            ...required.filter((key) => receiver[key] === undefined).map(missing),
            ...(Object.keys(meanings) as Key[])
                .filter((key) => receiver[key] !== undefined && ![...required, ...optional].includes(key))
                .map((key) => unused(key, `with kind ${JSON.stringify(receiver.kind)}`)),
            ...(receiver.secretKey !== undefined && receiver.existingSecret === undefined
                ? [unused("secretKey", "without existingSecret")]
                : []),
            ...kindMistakes(receiver, at, missing),
            ...(receivers.findIndex(({ name }) => name === receiver.name) < index
                ? [{ path: at("name"), message: "different from the names of the other receivers" }]
                : []),
        ];
    });
}

function kindMistakes(receiver: Receiver, at: (key: string) => Path, missing: (key: Key) => Mistake): Mistake[] {
    const { kind, url, existingSecret, username } = receiver;
    if (kind === "webhook" && (url === undefined) === (existingSecret === undefined)) {
        return [
            {
                path: at("url"),
                message:
                    url === undefined
                        ? "is missing; a webhook needs its URL, or existingSecret if the URL is confidential"
                        : "and existingSecret are both set; the URL must come from one of them",
                sentence: true,
            },
        ];
    }
    if (kind === "email" && (username === undefined) !== (existingSecret === undefined)) {
        return [missing(username === undefined ? "username" : "existingSecret")];
    }
    return [];
}

function routeMistakes({ alerting }: CheckedSettings): Mistake[] {
    const names = alerting.receivers.map(({ name }) => name);
    const allowed =
        names.length === 0
            ? "the name of a receiver, but alerting.receivers is empty"
            : `the name of a receiver: ${names.map((name) => JSON.stringify(name)).join(", ")}`;
    const wrong = (path: Path, name: string | undefined): Mistake[] =>
        name === undefined || names.includes(name) ? [] : [{ path: ["alerting", ...path], message: allowed }];
    return [
        ...alerting.routes.flatMap(({ receiver }, index) => wrong(["routes", index, "receiver"], receiver)),
        ...wrong(["defaultReceiver"], alerting.defaultReceiver),
        ...wrong(["heartbeatReceiver"], alerting.heartbeatReceiver),
    ];
}
