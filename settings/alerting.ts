import { knownAlerts } from "../rules";
import { sloName } from "../rules/mimir/slos";
import { durationSeconds } from "../validation/durations";
import type { Mistake, Path, Rule } from "./rule";
import type { CheckedSettings } from "./schema";
import { ReceiverKind } from "../components/mimir/args";

type Receiver = CheckedSettings["alerting"]["receivers"][number];

/** What spans several keys of slos, alerts and alerting. */
export const alertingRules: Rule[] = [
    { reads: ["profile", "slos", "retention.metrics"], mistakes: sloMistakes },
    { reads: ["alerts.thresholds"], mistakes: thresholdMistakes },
    { reads: ["alerting.receivers"], mistakes: receiverMistakes },
    { reads: ["alerting"], mistakes: routeMistakes },
    { reads: ["slos", "alerts.disabledGroups", "alerting.heartbeatReceiver"], mistakes: disabledMistakes },
];

/** What asks for a group of rules that is switched off. */
function disabledMistakes({ slos, alerts, alerting }: CheckedSettings): Mistake[] {
    const without = (group: string) =>
        `has no effect without the group of rules ${group}, which alerts.disabledGroups leaves out`;
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
                message: `at most retention.metrics, which is ${JSON.stringify(retention.metrics)}: of what was before that there are no data`,
            },
            latency &&
                slo.thresholdMs === undefined && {
                    path: at("thresholdMs"),
                    message:
                        'is missing; with kind "latency" it says within how many milliseconds a request is answered',
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
                message: `another name than that of slos[${names.indexOf(names[index] ?? "")}], which is ${JSON.stringify(names[index])}`,
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

/** What each kind needs, and what it can take. */
const receiverKeys: Record<ReceiverKind, { needs: Need[]; takes: Need[] }> = {
    webhook: { needs: [], takes: ["url", "existingSecret"] },
    slack: { needs: ["existingSecret"], takes: ["channel"] },
    pagerduty: { needs: ["existingSecret"], takes: [] },
    email: { needs: ["to", "from", "smarthost"], takes: ["username", "existingSecret"] },
    oncall: { needs: ["existingSecret"], takes: [] },
};
const needs = {
    url: "the address",
    existingSecret: "the Secret with what must stay secret: the address, the routing key or the password",
    channel: "the channel",
    to: "the address that mail goes to",
    from: "the address that mail comes from",
    smarthost: 'the mail server and its port, such as "mail.example.com:587"',
    username: "who logs in at the mail server",
};
type Need = keyof typeof needs;

function receiverMistakes({ alerting: { receivers } }: CheckedSettings): Mistake[] {
    return receivers.flatMap((receiver, index): Mistake[] => {
        const at = (key: string) => ["alerting", "receivers", index, key];
        const { needs: needed, takes } = receiverKeys[receiver.kind];
        const missing = (key: Need): Mistake => ({
            path: at(key),
            message: `is missing; with kind ${JSON.stringify(receiver.kind)} it names ${needs[key]}`,
            sentence: true,
        });
        const idle = (key: string, why: string): Mistake => ({
            path: at(key),
            message: `has no effect ${why}`,
            sentence: true,
        });
        return [
            ...needed.filter((key) => receiver[key] === undefined).map(missing),
            ...(Object.keys(needs) as Need[])
                .filter((key) => receiver[key] !== undefined && ![...needed, ...takes].includes(key))
                .map((key) => idle(key, `with kind ${JSON.stringify(receiver.kind)}`)),
            ...(receiver.secretKey !== undefined && receiver.existingSecret === undefined
                ? [idle("secretKey", "without existingSecret")]
                : []),
            ...ofKind(receiver, at, missing),
            ...(receivers.findIndex(({ name }) => name === receiver.name) < index
                ? [{ path: at("name"), message: "the name of one receiver; it is there twice" }]
                : []),
        ];
    });
}

function ofKind(receiver: Receiver, at: (key: string) => Path, missing: (key: Need) => Mistake): Mistake[] {
    const { kind, url, existingSecret, username } = receiver;
    if (kind === "webhook" && (url === undefined) === (existingSecret === undefined)) {
        return [
            {
                path: at("url"),
                message:
                    url === undefined
                        ? "is missing; a webhook needs its address, or existingSecret where that is secret"
                        : "and existingSecret are both set; the address comes from one of them",
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
            ? "the name of a receiver, and alerting.receivers has none"
            : `the name of a receiver: ${names.map((name) => JSON.stringify(name)).join(", ")}`;
    const wrong = (path: Path, name: string | undefined): Mistake[] =>
        name === undefined || names.includes(name) ? [] : [{ path: ["alerting", ...path], message: allowed }];
    return [
        ...alerting.routes.flatMap(({ receiver }, index) => wrong(["routes", index, "receiver"], receiver)),
        ...wrong(["defaultReceiver"], alerting.defaultReceiver),
        ...wrong(["heartbeatReceiver"], alerting.heartbeatReceiver),
    ];
}
