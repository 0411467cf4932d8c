import * as pulumi from "@pulumi/pulumi";
import { defaultReplicationFactor } from "../validation/replication";
import { type Mistake, crossFieldMistakes } from "./rules";
import { schemaMistakes, sentence, SettingsError } from "./mistakes";
import { Profile, profiles } from "./profiles";
import { type CheckedSettings, settingsSchema } from "./schema";

/** All that a stack is made of: checked, complete and frozen. */
export interface Settings extends CheckedSettings {
    replicationFactor: { loki: number; mimir: number };
}

/**
 * Checks settings and fills in the defaults of their profile.
 *
 * @param raw what was set, a plain object; secrets may be Outputs.
 * @param keyPrefix stands before each key in a message: "observability:" where the settings come from stack config.
 * @throws SettingsError that lists every mistake at once.
 */
export function resolveSettings(raw: object, keyPrefix = ""): Settings {
    const profile = "profile" in raw && raw.profile === Profile.Prod ? Profile.Prod : Profile.Dev;
    const schema = settingsSchema(profile);
    const parsed = schema.safeParse(raw);
    const single = parsed.success ? [] : schemaMistakes(schema, parsed.error.issues);
    const checked = parsed.success ? parsed.data : schema.safeParse(without(raw, single)).data;
    // A rule between keys says nothing of a key, or of a list, that is wrong by itself: one mistake, one sentence.
    const between = (checked ? crossFieldMistakes(checked) : []).filter(
        ({ path }) => !single.some((other) => begins(path, other.path) || isItemOf(other.path, path)),
    );
    const mistakes = [...single, ...between];
    if (!checked || mistakes.length > 0) {
        throw new SettingsError([...new Set(mistakes.map((mistake) => sentence(raw, keyPrefix, mistake)))]);
    }
    return freeze(complete(checked));
}

function complete(checked: CheckedSettings): Settings {
    const { replicas, replicationFactor, grafana } = checked;
    const defaultPassword =
        grafana.existingSecret === undefined ? profiles[checked.profile].grafanaPassword : undefined;
    return {
        ...checked,
        replicationFactor: {
            loki: replicationFactor.loki ?? defaultReplicationFactor(replicas.loki),
            mimir: replicationFactor.mimir ?? defaultReplicationFactor(replicas.mimir),
        },
        grafana: { ...grafana, adminPassword: asSecret(grafana.adminPassword ?? defaultPassword) },
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

/** A copy without what the mistakes name, so that the rest can still be checked. */
function without(raw: object, mistakes: Mistake[]): object {
    const copy = (node: unknown, path: (string | number)[]): unknown => {
        if (typeof node !== "object" || node === null || pulumi.Output.isInstance(node)) {
            return node;
        }
        const kept = Object.entries(node)
            .map(([key, value]) => [Array.isArray(node) ? Number(key) : key, value] as const)
            .filter(([key]) => !mistakes.some(({ path: wrong }) => same(wrong, [...path, key])))
            .map(([key, value]) => [key, copy(value, [...path, key])] as const);
        return Array.isArray(node) ? kept.map(([, value]) => value) : Object.fromEntries(kept);
    };
    return mistakes.some(({ path }) => path.length === 0) ? {} : (copy(raw, []) as object);
}

type Path = Mistake["path"];

function same(one: Path, other: Path): boolean {
    return one.length === other.length && begins(one, other);
}

function begins(path: Path, start: Path): boolean {
    return start.every((part, index) => part === path[index]);
}

function isItemOf(path: Path, list: Path): boolean {
    return begins(path, list) && typeof path[list.length] === "number";
}

function freeze<T>(tree: T): T {
    if (typeof tree === "object" && tree !== null && !pulumi.Output.isInstance(tree)) {
        Object.values(tree).forEach(freeze);
        Object.freeze(tree);
    }
    return tree;
}
