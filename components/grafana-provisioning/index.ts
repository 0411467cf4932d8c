import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkPlain } from "../checks";
import type { GrafanaProvisioningArgs } from "./args";
import { provisioningFiles } from "./values";

/**
 * Gives an existing Grafana the data sources, the links between them, and the dashboards, as ConfigMaps for its sidecar. It deploys no
 * Grafana.
 */
export class GrafanaProvisioning extends pulumi.ComponentResource {
    /** Names of the ConfigMaps. */
    readonly configMapNames: string[];

    /** @throws ResourceError if an argument is an Output or a promise. */
    constructor(name: string, args: GrafanaProvisioningArgs, opts?: pulumi.ComponentResourceOptions) {
        super("observability:index:GrafanaProvisioning", name, args, opts);
        checkPlain(this, args);
        this.configMapNames = provisioningFiles(args).map(({ part, labels, data }) => {
            const configMapName = `${args.stackNamespace}-${part}`;
            new k8s.core.v1.ConfigMap(
                `${name}-${part}`,
                { metadata: { name: configMapName, namespace: args.namespace, labels }, data },
                { parent: this },
            );
            return configMapName;
        });
        this.registerOutputs({ configMapNames: this.configMapNames });
    }
}
