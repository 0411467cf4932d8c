import { spawn, spawnSync } from "child_process";
import { type KubernetesObject, KubernetesObjectApi } from "@kubernetes/client-node";
import { callApi } from "../cluster/api";
import { type Cluster, findCluster, type NoContextError } from "../cluster/kubeconfig";
import { confirm } from "../confirm";
import { downloadKind, findKind, kind } from "./kind-cli";
import { daprCrd } from "./preflight";

const clusterName = "observability";

interface KindOptions {
    /** Value of --kind. */
    kind?: boolean;
    /** Value of --yes. */
    yes?: boolean;
}

/**
 * Creates a local cluster with kind after confirmation. Downloads kind if it is missing.
 *
 * @param noContext the error to throw if the user does not want a local cluster.
 * @throws Error if no local cluster can be created, with the reason and a solution.
 */
export async function offerKindCluster(noContext: NoContextError, options: KindOptions): Promise<Cluster> {
    const found = findKind();
    const offer = kindOffer({
        dockerProblem: dockerProblem(),
        found: found !== undefined,
        terminal: process.stdin.isTTY,
        ...options,
    });
    if ("alternative" in offer) {
        throw new Error(`${noContext.message}, or ${offer.alternative}`, { cause: noContext });
    }
    if (!(await confirm(offer.question, offer.confirmed))) {
        throw noContext;
    }
    return createKindCluster(found ?? (await downloadKind(console.log)));
}

/** Why kind cannot create containers. */
interface DockerProblem {
    /** What the user must do, in the imperative. */
    solution: string;
    details: string;
}

interface KindFacts extends KindOptions {
    dockerProblem: DockerProblem | undefined;
    /** Whether kind is installed. */
    found: boolean;
    /** Whether there is a terminal for a question. */
    terminal: boolean;
}

/** Either a question and whether the options confirm it, or what the user can do to get a local cluster. */
type KindOffer = { question: string; confirmed: boolean } | { alternative: string };

/** The option --kind asks for a cluster, and --yes confirms the download. --yes alone creates no cluster: it may have been meant for another one. */
export function kindOffer({ dockerProblem, found, terminal, kind: create = false, yes = false }: KindFacts): KindOffer {
    if (dockerProblem !== undefined) {
        const { solution, details } = dockerProblem;
        return { alternative: `${solution} and run this command again to create a local cluster (${details})` };
    }
    if (!create && !terminal) {
        return { alternative: `use ${found ? "--kind" : "--kind --yes"} to create a local cluster` };
    }
    if (found) {
        return { question: "The kubeconfig has no cluster. Create a local cluster with kind?", confirmed: create };
    }
    const question = create
        ? `kind is not installed. Download ${kind.title} to ${kind.folder}?`
        : `The kubeconfig has no cluster, and kind is not installed. Download ${kind.title} to ${kind.folder}, and create a local cluster with it?`;
    return { question, confirmed: create && yes };
}

/** Undefined if Docker responds, or if kind uses another program than Docker. */
export function dockerProblem(env = process.env): DockerProblem | undefined {
    const provider = env["KIND_EXPERIMENTAL_PROVIDER"] ?? "docker";
    if (provider !== "docker") {
        return undefined;
    }
    const { error, status, stderr } = spawnSync("docker", ["ps"], { encoding: "utf8", env });
    if (error === undefined) {
        const reason = stderr.trim().split("\n").at(-1) ?? "";
        const solution = /permission denied/i.test(reason) ? "give your user access to Docker" : "start Docker";
        return status === 0 ? undefined : { solution, details: `\`docker ps\` fails: ${reason}` };
    }
    // Without Docker, kind uses one of these.
    const others = ["nerdctl", "finch", "podman"];
    return others.some((other) => spawnSync(other, ["-v"], { stdio: "ignore", env }).status === 0)
        ? undefined
        : { solution: "install Docker", details: "https://docs.docker.com/get-started/get-docker/" };
}

/**
 * Creates a local cluster with one node, and the CRD of Dapr in it. The context of the cluster becomes the current context.
 *
 * @param command path of kind, or "kind" if it is on the PATH.
 * @throws Error if kind fails. kind has already printed the reason.
 */
async function createKindCluster(command: string): Promise<Cluster> {
    const args = ["create", "cluster", "--name", clusterName, "--wait", "5m"];
    const status = await new Promise<number | null>((resolve, reject) => {
        spawn(command, args, { stdio: "inherit" }).on("close", resolve).on("error", reject);
    });
    if (status !== 0) {
        throw new Error(`\`${command} ${args.join(" ")}\` failed; its output shows the reason`);
    }
    console.log(`To delete the local cluster, run:\n  ${command} delete cluster --name ${clusterName}\n`);
    const cluster = findCluster(`kind-${clusterName}`);
    const objects = KubernetesObjectApi.makeApiClient(cluster.config);
    await callApi(cluster, "create the CRD of Dapr", objects.create(daprConfigurationCrd));
    return cluster;
}

/** A minimal CRD for the Configurations of Dapr. A stack needs this CRD, but not Dapr itself. A later installation of Dapr keeps the CRD. */
export const daprConfigurationCrd: KubernetesObject & { spec: object } = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: daprCrd },
    spec: {
        group: "dapr.io",
        scope: "Namespaced",
        names: { kind: "Configuration", plural: "configurations", singular: "configuration" },
        versions: [
            {
                name: "v1alpha1",
                served: true,
                storage: true,
                schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
            },
        ],
    },
};
