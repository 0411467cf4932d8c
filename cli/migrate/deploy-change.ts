import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { dump } from "js-yaml";
import { readYamlMap } from "../../components/helm/yaml";
import type { DataOwner } from "../../settings/schema/data-owners";
import { migrationVariable, partialVariable } from "../../settings/migration";
import { deploy } from "../up/deploy";
import { PodWatch } from "../up/watch-pods";
import type { StepContext } from "./plan";

/** How long a pod may need to become ready, as with `npm run up`. */
const readySeconds = 300;

type DeployContext = Pick<StepContext, "stack" | "cluster" | "settings" | "opened" | "options">;

/** What a deployment of a plan changes. Default: the settings of the stack file, for all components. */
export interface DeployOptions {
    /** Settings that replace top-level keys of the stack file, which stays unchanged. undefined removes a key. */
    settings?: Record<string, unknown>;
    /** The only components to deploy, such as "Alloy". */
    components?: string[];
    /** The owners of data whose protected objects are replaced, because the plan keeps the data. */
    movedOwners?: DataOwner[];
}

/**
 * Deploys the stack as a step of a plan. The program then accepts the changes that the plan prepares.
 *
 * @throws Error with the reason if the deployment fails.
 */
export async function deployChange(
    { stack: name, cluster, settings, opened, options }: DeployContext,
    plan: string,
    { settings: overrides, components, movedOwners }: DeployOptions = {},
): Promise<void> {
    const watchPods = (isAwaited: (workload: string) => boolean) =>
        new PodWatch(cluster, settings.namespace, isAwaited, readySeconds);
    const { envVars } = opened.stack.workspace;
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "settings-"));
    const configFile = path.join(folder, `Pulumi.${name}.yaml`);
    try {
        if (overrides !== undefined) {
            fs.writeFileSync(configFile, stackFileWith(readYamlMap(`Pulumi.${name}.yaml`), overrides), { mode: 0o600 });
        }
        Object.assign(envVars, { [migrationVariable]: plan, ...(components && { [partialVariable]: "true" }) });
        const upOptions = {
            ...(overrides && { configFile }),
            ...(components && { target: components.map((component) => `**observability:index:${component}$**`) }),
        };
        await deploy(opened, options.yes, settings.skipAwait ? undefined : watchPods, upOptions, movedOwners);
    } finally {
        [migrationVariable, partialVariable].forEach((variable) => delete envVars[variable]);
        fs.rmSync(folder, { recursive: true, force: true });
    }
}

/** A stack file with other settings. Encrypted values stay encrypted. */
export function stackFileWith(file: Record<string, unknown>, overrides: Record<string, unknown>): string {
    const config = Object.fromEntries(
        Object.entries(file["config"] ?? {}).filter(([key]) => !(key.replace(/^.*:/, "") in overrides)),
    );
    const prefix = "observability:";
    const added = Object.entries(overrides).filter(([, value]) => value !== undefined);
    return dump(
        { ...file, config: { ...config, ...Object.fromEntries(added.map(([key, value]) => [prefix + key, value])) } },
        { lineWidth: -1 },
    );
}
