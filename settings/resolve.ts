import * as pulumi from "@pulumi/pulumi";
import { defaultReplicationFactor } from "../validation/replication";
import { expandCentral } from "./central";
import { deployedComponents, type DeployedComponents } from "./components";
import { SettingsError } from "./error";
import { schemaMistakes, sentence } from "./mistakes";
import { startsWith, without } from "./paths";
import type { Mistake } from "./rule";
import { crossFieldMistakes } from "./rules";
import { type CheckedSettings, defaultGrafanaPassword, settingsSchema } from "./schema";
import { Profile } from "../components/profile";

/** The settings of a stack: checked, complete with defaults, and frozen. */
export interface Settings extends CheckedSettings {
    components: DeployedComponents;
    replicationFactor: { loki: number; mimir: number; tempo?: number };
}

/** Where settings come from. */
export interface Origin {
    /** Mistakes that were found before. No other mistake of the same keys is reported. */
    found?: Mistake[];
    /** Sentences about mistakes outside of the settings. */
    sentences?: string[];
    /** Name of the stack file, for messages. */
    source?: string;
    /** Name of the stack, for commands in messages. */
    stack?: string;
}

/**
 * Checks settings and adds the defaults of their profile.
 *
 * @param raw the configured settings, a plain object; secrets may be Outputs.
 * @param keyPrefix prefix of each key in a message: "observability:" if the settings come from stack config.
 * @throws SettingsError that lists every mistake.
 */
export function resolveSettings(raw: object, keyPrefix = "", origin: Origin = {}): Settings {
    const { found = [], sentences = [], source, stack = "STACK" } = origin;
    const profile = "profile" in raw && raw.profile === Profile.Prod ? Profile.Prod : Profile.Dev;
    const schema = settingsSchema(profile);
    const parsed = schema.safeParse(raw);
    const invalid = parsed.success ? [] : schemaMistakes(schema, parsed.error.issues, keyPrefix);
    const single = [...found, ...invalid.filter(({ path }) => !found.some((known) => startsWith(path, known.path)))];
    const wrong = single.map(({ path }) => path);
    const valid = schema.safeParse(without(raw, wrong)).data;
    const checked = valid && expandCentral(valid);
    // A key that was probably meant is wrong too, because its value is under another key.
    const meant = single.map((mistake) => mistake.meant).filter((path) => path !== undefined);
    const between = checked && crossFieldMistakes(checked, raw, [...wrong, ...meant]);
    const mistakes = [...single, ...(between?.mistakes ?? [])];
    if (!checked || mistakes.length + sentences.length > 0) {
        const print = (verbose: boolean) => [
            ...new Set([
                ...sentences,
                ...mistakes.map((mistake) => sentence(mistake, { raw, keyPrefix, stack, verbose })),
            ]),
        ];
        throw new SettingsError(print(false), {
            source,
            verboseMistakes: print(true),
            unchecked: (between?.unchecked ?? []).map((key) => keyPrefix + key),
        });
    }
    return freeze(complete(checked));
}

function complete(checked: CheckedSettings): Settings {
    const { replicas, replicationFactor, grafana } = checked;
    const { external } = checked.ingestion;
    const defaultLogin =
        grafana.existingSecret === undefined
            ? { user: "admin", password: defaultGrafanaPassword[checked.profile] }
            : undefined;
    return {
        ...checked,
        components: deployedComponents(checked),
        replicationFactor: {
            loki: replicationFactor.loki ?? defaultReplicationFactor(replicas.loki),
            mimir: replicationFactor.mimir ?? defaultReplicationFactor(replicas.mimir),
            tempo: replicationFactor.tempo,
        },
        grafana: {
            ...grafana,
            adminUser: grafana.adminUser ?? defaultLogin?.user,
            adminPassword: asSecret(grafana.adminPassword ?? defaultLogin?.password),
            oidc: { ...grafana.oidc, clientSecret: asSecret(grafana.oidc.clientSecret) },
        },
        ingestion: {
            external: {
                ...external,
                credentials: Object.fromEntries(
                    Object.entries(external.credentials).map(([client, value]) => [client, pulumi.secret(value)]),
                ),
            },
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

function freeze<T>(tree: T): T {
    if (typeof tree === "object" && tree !== null && !pulumi.Output.isInstance(tree)) {
        Object.values(tree).forEach(freeze);
        Object.freeze(tree);
    }
    return tree;
}
