import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { dashboards } from "../../dashboards";
import { dashboardFolders } from "../../dashboards/folders";
import { optionalSources, stackComponents } from "../../validation/components";
import { hostForm, isHost } from "../../validation/names";
import { oneOfText } from "../../validation/nearest";
import { isUrl, urlForm } from "../../validation/urls";
import { checkDeployment, checkSize, rejectArgument } from "../checks";
import { contract, endpoints } from "../contract";
import { requireGatewayApi } from "../gateway";
import { deployChart, protectsData, stateInputs } from "../helm/chart";
import { pins } from "../helm/pins";
import { dashboardConfigMapName, dashboardFiles, dashboardOptions } from "./dashboards";
import { oidcSecretKey, oidcSecretName } from "./oidc";
import { adminSecretName, grafanaRootUrl, grafanaValues } from "./values";
import type { GrafanaArgs, GrafanaOidcArgs } from "./args";

// For the commands in cli/.
export { adminSecretName, pathOf } from "./values";

/** Deploys Grafana with a data source for each configured backend, links between the data sources, and dashboards. */
export class Grafana extends pulumi.ComponentResource {
    /** URL for browsers: `rootUrl` or the URL of the ingress. Default: the URL of the Service. */
    readonly url: string;
    /** Name of the Secret with the login of the administrator. */
    readonly secretName: string;

    /** @throws ResourceError if an argument is invalid. The message names the argument. */
    constructor(name: string, args: GrafanaArgs, opts?: pulumi.ComponentResourceOptions) {
        const adminPassword = args.adminPassword === undefined ? undefined : pulumi.secret(args.adminPassword);
        const oidc = args.oidc && withSecret(args.oidc);
        super("observability:index:Grafana", name, stateInputs({ ...args, adminPassword, oidc }), opts);
        const withoutSecret = { ...args, oidc: { ...args.oidc, clientSecret: undefined } };
        checkDeployment(this, withoutSecret, ["adminPassword"]);
        checkSize(this, "size", args.size);
        if (args.rootUrl !== undefined && !isUrl(args.rootUrl)) {
            rejectArgument(this, "rootUrl", args.rootUrl, urlForm("https://grafana.example.com"));
        }
        this.checkAccess(args);
        if (adminPassword !== undefined && args.existingSecret !== undefined) {
            throw new pulumi.ResourceError("adminPassword and existingSecret are both set; remove one", this, true);
        }
        this.checkFolders(args.dashboards?.disabledFolders ?? []);
        this.checkComponents("absentComponents", args.absentComponents, stackComponents);
        this.checkComponents("optionalSources", args.optionalSources, optionalSources);
        const filesByFolder = dashboardFiles(
            args.dashboards === undefined ? [] : dashboards(dashboardOptions(args.namespace, args.dashboards, args)),
        );
        const secrets = [
            ...(args.existingSecret === undefined ? [this.loginSecret(name, args, adminPassword)] : []),
            ...(oidc?.clientSecret === undefined ? [] : [this.oidcSecret(name, args.namespace, oidc.clientSecret)]),
        ];
        const crds = args.gateway === undefined ? [] : [requireGatewayApi(name, "grafana.gateway", this)];
        const configMaps = [...filesByFolder].map(([folder, data]) =>
            this.dashboardConfigMap(name, args.namespace, folder, data),
        );
        deployChart(
            `${name}-chart`,
            {
                pin: pins.grafana,
                release: contract.grafana.release,
                values: grafanaValues(args, [...filesByFolder.keys()]),
                overrides: args,
            },
            args,
            { parent: this, dependsOn: [...secrets, ...configMaps, ...crds] },
        );
        this.url = grafanaRootUrl(args) ?? endpoints(args.namespace, args.clusterDomain).grafana;
        this.secretName = args.existingSecret ?? adminSecretName;
        this.registerOutputs({ url: this.url, secretName: this.secretName });
    }

    private checkAccess({ ingress, gateway, oidc }: GrafanaArgs): void {
        for (const [argument, access] of Object.entries({ ingress, gateway })) {
            if (access !== undefined && !isHost(access.host ?? "")) {
                rejectArgument(this, `${argument}.host`, access.host, hostForm);
            }
        }
        if (ingress !== undefined && gateway !== undefined) {
            throw new pulumi.ResourceError("ingress and gateway are both set; remove one", this, true);
        }
        if (gateway !== undefined && gateway.parents.length === 0) {
            rejectArgument(this, "gateway.parents", "[]", "a list of at least one Gateway");
        }
        if (oidc !== undefined && (oidc.clientSecret === undefined) === (oidc.existingSecret === undefined)) {
            throw new pulumi.ResourceError(
                "oidc needs exactly one of clientSecret and existingSecret, which contains the client secret",
                this,
                true,
            );
        }
    }

    private checkFolders(disabled: string[]): void {
        const known = dashboardFolders();
        const unknown = disabled.find((folder) => !known.includes(folder));
        if (unknown !== undefined) {
            rejectArgument(this, "dashboards.disabledFolders", unknown, oneOfText(unknown, known));
        }
    }

    private checkComponents(argument: string, names: string[] = [], known: readonly string[]): void {
        const unknown = names.find((name) => !known.includes(name));
        if (unknown !== undefined) {
            rejectArgument(this, argument, unknown, oneOfText(unknown, known));
        }
    }

    private dashboardConfigMap(name: string, namespace: string, folder: string, data: { [file: string]: string }) {
        return new k8s.core.v1.ConfigMap(
            `${name}-dashboards-${folder}`,
            { metadata: { name: dashboardConfigMapName(folder), namespace }, data },
            { parent: this },
        );
    }

    private oidcSecret(name: string, namespace: string, clientSecret: pulumi.Input<string>): k8s.core.v1.Secret {
        return new k8s.core.v1.Secret(
            `${name}-oidc`,
            { metadata: { name: oidcSecretName, namespace }, stringData: { [oidcSecretKey]: clientSecret } },
            { parent: this },
        );
    }

    private loginSecret(
        name: string,
        args: GrafanaArgs,
        password: pulumi.Output<string> | undefined,
    ): k8s.core.v1.Secret {
        const adminPassword =
            password ??
            new random.RandomPassword(
                `${name}-password`,
                { length: 32, special: false },
                { parent: this, protect: protectsData(args) },
            ).result;
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

// Pulumi stores the arguments of a component in the state.
function withSecret(oidc: GrafanaOidcArgs): GrafanaOidcArgs {
    const { clientSecret, ...others } = oidc;
    return clientSecret === undefined ? others : { ...others, clientSecret: pulumi.secret(clientSecret) };
}
