import { z } from "zod";
import { redactionPatternMistake, redactionPatternNames, requiredAttributes } from "../../validation/redaction";
import { group, type PerProfile, setting } from "./setting";
import { boolean, checked, listOf, oneOf, text } from "./types";

/** Attributes that instrumentations set from headers of requests, and that contain credentials. */
const credentialAttributes = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "set-cookie",
    "password",
    "http.request.header.authorization",
    "http.request.header.proxy-authorization",
    "http.request.header.proxy_authorization",
    "http.request.header.cookie",
    "http.request.header.x-api-key",
    "http.request.header.x_api_key",
    "http.response.header.set-cookie",
    "http.response.header.set_cookie",
    "rpc.grpc.request.metadata.authorization",
];

const credentialPatterns = [
    "authorization",
    "bearerToken",
    "cookie",
    "password",
    "apiKey",
    "jwt",
    "awsAccessKey",
    "urlCredentials",
    "privateKey",
] as const satisfies (typeof redactionPatternNames)[number][];

const attributes = () =>
    listOf(
        text(
            "the name of an attribute that the stack does not need itself",
            (value) => value.trim() !== "" && !requiredAttributes.includes(value),
        ),
        "names of attributes",
    );

/** What is removed from data before it is stored. */
export const redaction = (per: PerProfile) =>
    group(
        {
            deleteAttributes: setting(attributes().default(per({ dev: [], prod: credentialAttributes })), {
                description:
                    "Names of attributes that the collector deletes from resources, spans, span events, log records and metrics. The default in prod are headers with credentials.",
                example: ["http.request.header.authorization", "user.email"],
            }),
            hashAttributes: setting(attributes().default([]), {
                description:
                    "Names of attributes whose value the collector replaces with its SHA-256 hash, so that equal values can still be found. The hash of a value with few possibilities, such as a phone number, can be guessed.",
                example: ["enduser.id"],
            }),
            maskAttributes: setting(attributes().default([]), {
                description: 'Names of attributes whose value the collector replaces with "****".',
                example: ["db.query.parameter.email"],
            }),
            patterns: setting(
                listOf(oneOf(...redactionPatternNames), "names of patterns").default(
                    per({ dev: [], prod: [...credentialPatterns] }),
                ),
                {
                    description: `Names of built-in patterns: ${redactionPatternNames.join(", ")}. What they find in log lines of pods, and in bodies and attributes of OTLP log records, is replaced with "****".`,
                    type: "string[]",
                    example: ["password", "email", "creditCard"],
                },
            ),
            customPatterns: setting(
                z
                    .record(z.string(), checked(redactionPatternMistake), { error: "a map of regular expressions" })
                    .default({}),
                {
                    description:
                        "Further patterns by name: regular expressions (RE2) without capturing groups. The whole match is replaced.",
                    example: { studentNumber: "\\bS-\\d{8}\\b" },
                },
            ),
            attributeValues: setting(boolean().default(false), {
                description:
                    "Whether patterns also apply to the values of attributes of spans and metrics. It costs CPU time of the collector for each span.",
                example: true,
            }),
        },
        {
            description:
                "Secrets and personal data that are removed before data is stored. Names of attributes apply to traces, logs and metrics that arrive at the collector. Patterns apply to logs.",
            type: "RedactionArgs",
        },
    );
