import { z } from "zod";
import { InstrumentationKind } from "../../components/auto-instrumentation/args";
import { kernelText } from "../../validation/kernels";
import { group, setting } from "./setting";
import { boolean, label, labelKey, listOf, nonEmpty, oneOf, someOf } from "./types";

const needs = { autoInstrumentation: { enabled: true } };

/** Traces and metrics of services that have no SDK. */
export const autoInstrumentation = group(
    {
        enabled: setting(boolean().default(false), {
            description: `Whether a DaemonSet instruments processes with eBPF, and sends their traces and metrics to the collector. Its pods run as root in the process namespace of the node, and the nodes need ${kernelText("autoInstrumentation.enabled")}, with BTF.`,
            example: true,
        }),
        kind: setting(oneOf(...Object.values(InstrumentationKind)).default("beyla"), {
            description:
                'Program: "beyla" is Grafana Beyla, and "opentelemetry" is OpenTelemetry eBPF Instrumentation, on which Beyla is based.',
            type: "InstrumentationKind",
            example: "opentelemetry",
            needs,
        }),
        namespaces: setting(someOf(label(), "namespaces").optional(), {
            description:
                "Namespaces whose processes are instrumented. The namespace of the stack is never instrumented.",
            computed: "collectFrom.namespaces, or all except those of Kubernetes",
            example: ["shop"],
            needs,
        }),
        excludeNamespaces: setting(listOf(label(), "namespaces").default([]), {
            description:
                "Namespaces whose processes are not instrumented, in addition to those in collectFrom.excludeNamespaces.",
            example: ["legacy"],
            needs,
        }),
        podLabels: setting(z.record(labelKey(), nonEmpty(), { error: "a map of labels" }).default({}), {
            description:
                'Labels of the pods whose processes are instrumented. Values can be globs such as "shop-*". A pod must have all of them. A single pod is left out with the annotation observability.mathtrail/auto-instrumentation: "false".',
            type: "{ [key: string]: string }",
            example: { "observability.example.com/instrument": "true" },
            needs,
        }),
        contextPropagation: setting(boolean().default(false), {
            description:
                "Whether the trace context is added to outgoing HTTP requests, so that the spans of several services belong to one trace. The pods then use the network of the node and change packets, with the capability NET_ADMIN.",
            example: true,
            needs,
        }),
    },
    {
        description:
            "Traces, and rates, errors and durations of requests, for services that have no SDK. Processes that export OTLP, and pods with a Dapr sidecar, are not instrumented, because their data would exist twice.",
        interface: "StackAutoInstrumentationArgs",
    },
);
