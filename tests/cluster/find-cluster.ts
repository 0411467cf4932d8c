import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { KubernetesObjectApi, CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { daprConfigurationCrd } from "../../cli/up/kind";
import { deleteKindCluster, hasKindAndDocker, kind, kindCluster } from "./kind";
import { missingVariable } from "./prerequisite";

/**
 * Runs before the suites. Selects the cluster of TEST_KUBECONFIG, or creates one with kind. If there is none, sets the variable with the reason
 * for which the suites are skipped.
 */
export default async function findTestCluster(): Promise<void> {
    if (process.env["TEST_KUBECONFIG"] === undefined) {
        if (!hasKindAndDocker()) {
            process.env[missingVariable] = "a cluster in TEST_KUBECONFIG, or kind and Docker";
            return;
        }
        process.env["TEST_KUBECONFIG"] = await createKindCluster();
    }
    if (!(await hasReadyNode(process.env["TEST_KUBECONFIG"]))) {
        process.env[missingVariable] = "a cluster with a Ready node in TEST_KUBECONFIG";
    }
}

/** Returns the path of the kubeconfig. */
async function createKindCluster(): Promise<string> {
    // An earlier run that was killed did not delete its cluster.
    deleteKindCluster();
    const kubeconfig = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "kind-")), "kubeconfig");
    kind("create", "cluster", "--name", kindCluster, "--kubeconfig", kubeconfig, "--wait", "5m");
    process.env["TEST_KIND_KUBECONFIG"] = kubeconfig;
    await KubernetesObjectApi.makeApiClient(load(kubeconfig)).create(daprConfigurationCrd);
    return kubeconfig;
}

async function hasReadyNode(kubeconfig: string): Promise<boolean> {
    const { items } = await load(kubeconfig).makeApiClient(CoreV1Api).listNode();
    return items.some(({ status }) =>
        status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True"),
    );
}

function load(file: string): KubeConfig {
    const config = new KubeConfig();
    config.loadFromFile(file);
    return config;
}
