import { partDown } from "../control-plane";
import type { RuleFile } from "../define";

export default {
    group: "kubernetes-controllers",
    needs: ["controllers"],
    dashboard: "control-plane-controllers",
    description: "Reachability of kube-scheduler and kube-controller-manager.",
    rules: ({ cluster }) => [
        partDown("KubeSchedulerDown", "kube-scheduler", "kube-scheduler", cluster),
        partDown("KubeControllerManagerDown", "kube-controller-manager", "kube-controller-manager", cluster),
    ],
} satisfies RuleFile;
