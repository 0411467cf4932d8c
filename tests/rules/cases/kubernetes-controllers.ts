import type { Cases } from "../case";
import { partDown } from "../control-plane";

export default {
    KubeSchedulerDown: partDown("kube-scheduler", "kube-scheduler"),
    KubeControllerManagerDown: partDown("kube-controller-manager", "kube-controller-manager"),
} satisfies Cases;
