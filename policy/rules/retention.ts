import { load } from "js-yaml";
import { durationSeconds } from "../../validation/durations";
import { containers, type KubernetesObject } from "../objects";
import type { ObjectRule, Signal } from "../rule";

/** The keys of the configuration files that set the retention of a signal. */
const keys: Record<string, Signal> = {
    retention_period: "logs",
    block_retention: "traces",
    compactor_blocks_retention_period: "metrics",
};

interface Retention {
    signal: Signal;
    value: string;
    where: string;
}

function inTree(tree: unknown, where: string): Retention[] {
    if (typeof tree !== "object" || tree === null) {
        return [];
    }
    return Object.entries(tree).flatMap(([key, value]) => {
        const signal = Array.isArray(tree) ? undefined : keys[key];
        return signal !== undefined && ["string", "number"].includes(typeof value)
            ? [{ signal, value: String(value), where: `${where}, ${key}` }]
            : inTree(value, where);
    });
}

function inConfigMap({ data }: Record<string, any>): Retention[] {
    return Object.entries((data ?? {}) as Record<string, string>)
        .filter(([file]) => /\.ya?ml$/.test(file))
        .flatMap(([file, text]) => {
            try {
                return inTree(load(text), `key ${file}`);
            } catch {
                // Not YAML, for example a template.
                return [];
            }
        });
}

/** Pyroscope gets its retention as an argument. */
function inArguments(object: KubernetesObject): Retention[] {
    return containers(object).flatMap(({ name, args = [] }) =>
        args.flatMap((argument): Retention[] => {
            const [, value] = /^-{1,2}retention-period=(.+)$/.exec(argument) ?? [];
            return value === undefined
                ? []
                : [{ signal: "profiles", value, where: `container "${name}", argument retention-period` }];
        }),
    );
}

/** Data that is deleted too early is missing in the investigation of an incident. */
export const minimumRetention: ObjectRule = {
    name: "minimum-retention",
    description: "Logs, traces, metrics and profiles are kept for at least the minimum retention of the stack.",
    check: (object, context) =>
        (object.kind === "ConfigMap" ? inConfigMap(object) : inArguments(object)).flatMap(
            ({ signal, value, where }) => {
                const least = context.minimumRetention[signal];
                // 0 keeps the data forever.
                const seconds = durationSeconds(value) ?? Number.NaN;
                return least === undefined ||
                    Number(value) === 0 ||
                    seconds === 0 ||
                    seconds >= (durationSeconds(least) ?? 0)
                    ? []
                    : [
                          `${where}, is ${value}, and the minimum retention of ${signal} is ${least}. Set observability:retention.${signal} to at least ${least}.`,
                      ];
            },
        ),
};
