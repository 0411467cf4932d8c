import * as pulumi from "@pulumi/pulumi";
import { defaultReplicationFactor } from "../validation/replication";
import { schemaMistakes, sentence, SettingsError, startsWith, valueAt, verboseSentence } from "./mistakes";
import type { Mistake, Path } from "./rule";
import { crossFieldMistakes } from "./rules";
import { type CheckedSettings, defaultGrafanaPassword, settingsSchema } from "./schema";
import { Profile } from "../components/profile";

/** The settings of a stack: checked, complete with defaults, and frozen. */
export interface Settings extends CheckedSettings {
    replicationFactor: { loki: number; mimir: number };
}

/**
 * Checks settings and adds the defaults of their profile.
 *
 * @param raw the configured settings, a plain object; secrets may be Outputs.
 * @param keyPrefix prefix of each key in a message: "observability:" if the settings come from stack config.
 * @param found mistakes that were found before. No other mistake of the same keys is reported.
 * @throws SettingsError that lists every mistake.
 */
export function resolveSettings(raw: object, keyPrefix = "", found: Mistake[] = []): Settings {
    const profile = "profile" in raw && raw.profile === Profile.Prod ? Profile.Prod : Profile.Dev;
    const schema = settingsSchema(profile);
    const parsed = schema.safeParse(raw);
    const invalid = parsed.success ? [] : schemaMistakes(schema, parsed.error.issues);
    const single = [...found, ...invalid.filter(({ path }) => !found.some((known) => startsWith(path, known.path)))];
    const wrong = single.map(({ path }) => path);
    const checked = schema.safeParse(without(raw, wrong)).data;
    const mistakes = [...single, ...(checked ? crossFieldMistakes(checked, wrong) : [])];
    if (!checked || mistakes.length > 0) {
        const sentences = (format: typeof sentence) => [
            ...new Set(mistakes.map((mistake) => format(raw, keyPrefix, mistake))),
        ];
        throw new SettingsError(sentences(sentence), sentences(verboseSentence));
    }
    return freeze(complete(checked));
}

function complete(checked: CheckedSettings): Settings {
    const { replicas, replicationFactor, grafana } = checked;
    const defaultLogin =
        grafana.existingSecret === undefined
            ? { user: "admin", password: defaultGrafanaPassword[checked.profile] }
            : undefined;
    return {
        ...checked,
        replicationFactor: {
            loki: replicationFactor.loki ?? defaultReplicationFactor(replicas.loki),
            mimir: replicationFactor.mimir ?? defaultReplicationFactor(replicas.mimir),
        },
        grafana: {
            ...grafana,
            adminUser: grafana.adminUser ?? defaultLogin?.user,
            adminPassword: asSecret(grafana.adminPassword ?? defaultLogin?.password),
        },
        objectStore: {
            ...checked.objectStore,
            accessKeyId: asSecret(checked.objectStore.accessKeyId),
            secretAccessKey: asSecret(checked.objectStore.secretAccessKey),
        },
    };
}

function asSecret(value: pulumi.Input<string> | undefined): pulumi.Output<string> | undefined {
    return value === undefined ? undefined : pulumi.secret(value);
}

/** A copy without the invalid values, so that the others can be checked. If a required key is missing, its parent is left out. */
function without(raw: object, wrong: Path[]): object {
    const removed = wrong.map((path) => (valueAt(raw, path) === undefined ? path.slice(0, -1) : path));
    const copy = (node: unknown, path: (string | number)[]): unknown => {
        if (typeof node !== "object" || node === null || pulumi.Output.isInstance(node)) {
            return node;
        }
        const kept = Object.entries(node)
            .map(([key, value]) => [Array.isArray(node) ? Number(key) : key, value] as const)
            .filter(([key]) => !removed.some((other) => same(other, [...path, key])))
            .map(([key, value]) => [key, copy(value, [...path, key])] as const);
        return Array.isArray(node) ? kept.map(([, value]) => value) : Object.fromEntries(kept);
    };
    return copy(raw, []) as object;
}

function same(one: Path, other: Path): boolean {
    return one.length === other.length && startsWith(one, other);
}

function freeze<T>(tree: T): T {
    if (typeof tree === "object" && tree !== null && !pulumi.Output.isInstance(tree)) {
        Object.values(tree).forEach(freeze);
        Object.freeze(tree);
    }
    return tree;
}
