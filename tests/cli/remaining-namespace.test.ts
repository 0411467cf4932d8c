import { type Cluster, findCluster } from "../../cli/cluster/kubeconfig";
import { evaluateStack, type Evaluation } from "../../cli/evaluate";
import { remainingNamespace } from "../../cli/remaining-namespace";
import { type Answers, type KubernetesApi, serveKubernetesApi } from "../helpers/kubernetes-api";

const answers: Answers = {};
let api: KubernetesApi;
let cluster: Cluster;
let evaluation: Evaluation;
const kubeconfig = process.env["KUBECONFIG"];
beforeAll(async () => {
    api = await serveKubernetesApi(answers);
    process.env["KUBECONFIG"] = api.kubeconfig;
    cluster = findCluster("fake");
    evaluation = await evaluateStack("dev");
});
afterAll(async () => {
    await api.close();
    if (kubeconfig === undefined) {
        delete process.env["KUBECONFIG"];
    } else {
        process.env["KUBECONFIG"] = kubeconfig;
    }
});
beforeEach(() => Object.keys(answers).forEach((path) => delete answers[path]));

const path = "/api/v1/namespaces/monitoring";
const namespaceOf = (stack: string) => ({
    metadata: { name: "monitoring", annotations: { "observability.mathtrail/stack": stack } },
});

/** The name of the namespace that remains. */
async function remaining() {
    return (await remainingNamespace(cluster, evaluation))?.metadata?.name;
}

describe("the namespace of a stack that is not deployed", () => {
    test.each(["organization/observability/dev", "acme/observability/dev"])(
        "remains if its annotation is that of the stack, in any organization: %s",
        async (stack) => {
            answers[path] = namespaceOf(stack);
            expect(await remaining()).toBe("monitoring");
        },
    );

    test.each<[string, Answers]>([
        ["it does not exist", {}],
        ["nothing shows who created it", { [path]: { metadata: { name: "monitoring" } } }],
        ["another stack has created it", { [path]: namespaceOf("organization/observability/prod") }],
        [
            "a stack of the same name in another backend has created it",
            { [path]: namespaceOf("organization/observability/dev#1a2b3c4d") },
        ],
        [
            "a stack is deployed in it",
            {
                [path]: namespaceOf("organization/observability/dev"),
                [`${path}/configmaps/observability-stack`]: { data: { stack: "organization/observability/dev" } },
            },
        ],
    ])("is not reported if %s", async (_, found) => {
        Object.assign(answers, found);
        expect(await remaining()).toBeUndefined();
    });
});
