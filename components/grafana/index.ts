import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { dashboards } from "../../dashboards";
import { dashboardFolders } from "../../dashboards/folders";
import { hostForm, isHost } from "../../validation/names";
import { isUrl, urlForm } from "../../validation/urls";
import { checkDeployment, checkSize, refuse } from "../checks";
import { contract, endpoints } from "../contract";
import { deployChart, recorded } from "../helm/chart";
import { pins } from "../helm/pins";
import { dashboardConfigMapName, dashboardFiles } from "./dashboards";
import { adminSecretName, grafanaRootUrl, grafanaValues } from "./values";
import type { GrafanaArgs } from "./args";

// Commands look for the login, and for Grafana below a path.
export { adminSecretName, pathOf } from "./values";

/** Grafana with a data source for each store that it is told of, under fixed uids, and the links between them. */
export class Grafana extends pulumi.ComponentResource {
    /** Where browsers reach it, as far as it is known; the Service's URL otherwise. */
    readonly url: string;
    /** Name of the Secret with the login. */
    readonly secretName: string;

    /** @throws ResourceError that names the argument that cannot be. */
    constructor(name: string, args: GrafanaArgs, opts?: pulumi.ComponentResourceOptions) {
        const adminPassword = args.adminPassword === undefined ? undefined : pulumi.secret(args.adminPassword);
        super("observability:index:Grafana", name, recorded({ ...args, adminPassword }), opts);
        checkDeployment(this, args, ["adminPassword"]);
        checkSize(this, "size", args.size);
        if (args.rootUrl !== undefined && !isUrl(args.rootUrl)) {
            refuse(this, "rootUrl", args.rootUrl, urlForm);
        }
        if (args.ingress !== undefined && !isHost(args.ingress.host ?? "")) {
            refuse(this, "ingress.host", args.ingress.host, hostForm);
        }
        if (adminPassword !== undefined && args.existingSecret !== undefined) {
            refuse(this, "existingSecret", args.existingSecret, "left out where adminPassword is given");
        }
        this.checkFolders(args.dashboards?.disabledFolders ?? []);
        const shown = dashboardFiles(
            args.dashboards === undefined ? [] : dashboards({ namespace: args.namespace, ...args.dashboards }),
        );
        const login = args.existingSecret === undefined ? [this.login(name, args, adminPassword)] : [];
        const files = [...shown].map(([folder, data]) => this.folder(name, args.namespace, folder, data));
        deployChart(
            `${name}-chart`,
            {
                pin: pins.grafana,
                release: contract.grafana.release,
                values: grafanaValues(args, [...shown.keys()]),
                overrides: args,
            },
            args,
            { parent: this, dependsOn: [...login, ...files] },
        );
        this.url = grafanaRootUrl(args) ?? endpoints(args.namespace).grafana;
        this.secretName = args.existingSecret ?? adminSecretName;
        this.registerOutputs({ url: this.url, secretName: this.secretName });
    }

    private checkFolders(disabled: string[]): void {
        const known = dashboardFolders();
        const unknown = disabled.find((folder) => !known.includes(folder));
        if (unknown !== undefined) {
            refuse(this, "dashboards.disabledFolders", unknown, `one of ${known.join(", ")}`);
        }
    }

    private folder(name: string, namespace: string, folder: string, data: { [file: string]: string }) {
        return new k8s.core.v1.ConfigMap(
            `${name}-dashboards-${folder}`,
            { metadata: { name: dashboardConfigMapName(folder), namespace }, data },
            { parent: this },
        );
    }

    private login(name: string, args: GrafanaArgs, password: pulumi.Output<string> | undefined): k8s.core.v1.Secret {
        const adminPassword =
            password ??
            new random.RandomPassword(`${name}-password`, { length: 32, special: false }, { parent: this }).result;
        return new k8s.core.v1.Secret(
            `${name}-login`,
            {
                metadata: { name: adminSecretName, namespace: args.namespace },
                stringData: { "admin-user": args.adminUser ?? "admin", "admin-password": adminPassword },
            },
            { parent: this },
        );
    }
}
