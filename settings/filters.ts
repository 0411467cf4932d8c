import type { Mistake, Rule } from "./rule";
import type { CheckedSettings } from "./schema";

/** Rules about data that is dropped or redacted. */
export const filterRules: Rule[] = [
    { reads: ["tracing.dropSpans"], mistakes: dropSpans },
    { reads: ["redaction"], mistakes: redactedTwice },
];

// An entry without a condition would drop all spans.
function dropSpans({ tracing }: CheckedSettings): Mistake[] {
    return tracing.dropSpans.flatMap(({ name, attributes = {} }, index): Mistake[] =>
        name === undefined && Object.keys(attributes).length === 0
            ? [
                  {
                      path: ["tracing", "dropSpans", index],
                      message: "has neither name nor attributes, so that it would drop all spans; set one of them",
                      sentence: true,
                  },
              ]
            : [],
    );
}

function redactedTwice({ redaction }: CheckedSettings): Mistake[] {
    const lists = ["deleteAttributes", "hashAttributes", "maskAttributes"] as const;
    return lists.flatMap((list, position) =>
        redaction[list].flatMap((name, index): Mistake[] => {
            const other = lists.slice(0, position).find((earlier) => redaction[earlier].includes(name));
            return other === undefined
                ? []
                : [
                      {
                          path: ["redaction", list, index],
                          message: `an attribute that is not in redaction.${other} too`,
                      },
                  ];
        }),
    );
}
