// What kfflow adds to the properties panel: groups of fields, each field one attribute of one kf: element.

import type { Choice } from "./choices";

export type Language = "da" | "en";
export type Text = Record<Language, string>;

export interface Field {
  attribute: string;
  // Two fields may write the same attribute: the second has a name of its own and shows only expressions.
  expressionId?: string;
  label: Text;
  description?: Text;
  input: "text" | "feel" | "select";
  options?: { value: string; label: Text }[];
  // What the process itself offers, after the options.
  choices?: Choice;
  only?: string;
}

export interface FieldGroup {
  id: string;
  type: string;
  label: Text;
  appliesTo: string[];
  waitsFor?: string;
  fields: Field[];
  // The element may stand there several times: the others are a list of their own.
  others?: { label: Text; item: Text };
}

const same = (text: string): Text => ({ da: text, en: text });

const ROLES = [
  "betjent",
  "vagtleder",
  "handleplansansvarlig",
  "sagsbehandler",
  "enhedschef",
  "omraadekontor",
  "direktorat",
  "kif",
  "sundhed",
  "teamleder",
  "procesdesigner",
].map((role) => ({ value: role, label: same(role) }));

const FROM: Field = {
  attribute: "gyldigFra",
  input: "text",
  label: { da: "Gælder fra", en: "In force from" },
  description: { da: "åååå-mm-dd", en: "yyyy-mm-dd" },
};

const NOT_SET = { value: "", label: { da: "(ikke valgt)", en: "(not set)" } };

export const GROUPS: FieldGroup[] = [
  {
    id: "kf-deadline",
    type: "kf:Deadline",
    label: { da: "Frist", en: "Deadline" },
    appliesTo: ["bpmn:UserTask", "bpmn:Process"],
    fields: [
      {
        attribute: "rule",
        input: "feel",
        label: { da: "Længde", en: "Length" },
        description: {
          da: "Fx 10 AD (arbejdsdage), 14 KD (kalenderdage), 2 W (uger), 6 MD (måneder), 4 H, 30 M – eller P14D",
          en: "E.g. 10 AD (working days), 14 KD (calendar days), 2 W (weeks), 6 MD (months), 4 H, 30 M – or P14D",
        },
      },
      {
        attribute: "start",
        input: "feel",
        label: { da: "Regnes fra", en: "Counts from" },
        description: { da: "Tom: når opgaven opstår", en: "Empty: when the task appears" },
      },
      {
        attribute: "until",
        input: "feel",
        label: { da: "Senest", en: "No later than" },
        description: { da: "En dato, fristen aldrig går ud over", en: "A date the deadline never passes" },
      },
      {
        attribute: "da",
        input: "text",
        label: { da: "Med ord, på dansk", en: "In words, in Danish" },
        description: {
          da: "Hvad et udtryk ovenfor regner ud, fx »Fire uger før to tredjedele af straffen«; fristens forklaring begynder med det",
          en: "What an expression above works out; the explanation of the deadline begins with it",
        },
      },
      {
        attribute: "en",
        input: "text",
        label: { da: "Med ord, på engelsk", en: "In words, in English" },
        description: {
          da: "Fx “Four weeks before two thirds of the sentence”",
          en: "E.g. “Four weeks before two thirds of the sentence”",
        },
      },
      {
        attribute: "table",
        input: "text",
        label: { da: "Tabel", en: "Table" },
        description: {
          da: "Fx sla_regel: tabellens række giver fristen. Kun »Regnes fra«, »Klokkeslæt« og »Overholdt ved« udfyldes da",
          en: "E.g. sla_regel: the table's row gives the deadline. Only “Counts from”, “Time of day” and “Met by” are filled in then",
        },
      },
      {
        attribute: "kind",
        input: "select",
        label: { da: "Art", en: "Kind" },
        options: [
          NOT_SET,
          { value: "legal", label: { da: "Lovens frist", en: "Set by law" } },
          { value: "internal", label: { da: "Servicemål", en: "Service target" } },
        ],
      },
      {
        attribute: "hjemmel",
        input: "text",
        label: { da: "Hjemmel for fristen", en: "Legal basis of the deadline" },
      },
      {
        attribute: "roll",
        input: "select",
        label: { da: "På en lukkedag", en: "On a closed day" },
        options: [
          NOT_SET,
          { value: "none", label: { da: "bliver den stående", en: "it stays" } },
          { value: "next", label: { da: "flyttes den frem", en: "it moves to the next open day" } },
          { value: "previous", label: { da: "flyttes den tilbage", en: "it moves to the open day before" } },
        ],
      },
      {
        attribute: "cutoff",
        input: "text",
        label: { da: "Klokkeslæt", en: "Time of day" },
        description: { da: "Fx 13:00", en: "E.g. 13:00" },
      },
      {
        attribute: "calendar",
        input: "text",
        label: { da: "Kalender", en: "Calendar" },
        description: {
          da: "Tom: dk. Ellers dk-kontor, 24/7 eller institution (sagens egen)",
          en: "Empty: dk. Else dk-kontor, 24/7 or institution (the case's own)",
        },
      },
      {
        attribute: "warnShare",
        input: "text",
        label: { da: "Advar efter andel", en: "Warn after share" },
        description: { da: "0.8 = når 80 % af tiden er gået", en: "0.8 = when 80 % of the time has passed" },
      },
      {
        attribute: "escalateTo",
        input: "select",
        label: { da: "Ved overskridelse: til", en: "When breached: to" },
        options: [NOT_SET, ...ROLES],
      },
      {
        attribute: "metBy",
        input: "select",
        only: "bpmn:Process",
        label: { da: "Overholdt ved", en: "Met by" },
        description: {
          da: "Det trin, der opfylder fristen; ikke valgt: sagens slutning",
          en: "The step that meets the deadline; not set: the end of the case",
        },
        options: [NOT_SET],
        choices: "steps",
      },
      FROM,
      {
        attribute: "gyldigTil",
        input: "text",
        label: { da: "Gælder indtil", en: "In force until" },
        description: {
          da: "åååå-mm-dd, dagen hører ikke med; tom: stadig",
          en: "yyyy-mm-dd, the day is not included; empty: still",
        },
      },
      {
        attribute: "overgang",
        input: "select",
        label: { da: "Vælges efter", en: "Picked by" },
        options: [
          { value: "", label: { da: "(ikke valgt: sagens skæringsdato)", en: "(not set: the legal date)" } },
          {
            value: "FROM_REFERENCE_DATE",
            label: { da: "sagens skæringsdato", en: "the legal date of the case" },
          },
          { value: "NEW_CASES", label: { da: "sagens oprettelse", en: "the day the case was opened" } },
          { value: "ALL_RUNNING", label: { da: "fristens begyndelse", en: "the day the deadline begins" } },
        ],
      },
    ],
    others: {
      label: { da: "Frister fra andre dage", en: "Deadlines of other times" },
      item: { da: "Frist", en: "Deadline" },
    },
  },
  {
    id: "kf-timer",
    type: "kf:Timer",
    label: { da: "Efter driftsstop", en: "After downtime" },
    appliesTo: ["bpmn:Event"],
    waitsFor: "bpmn:TimerEventDefinition",
    fields: [
      {
        attribute: "catchUp",
        input: "select",
        label: { da: "Når tidspunktet blev misset", en: "When the time was missed" },
        description: {
          da: "Driften var nede, eller sagen var sat i bero. Gælder hver gang, der blev misset",
          en: "The service was down or the case was suspended. Counts for each time that was missed",
        },
        options: [
          { value: "", label: { da: "(ikke valgt: én gang)", en: "(not set: once)" } },
          {
            value: "once",
            label: { da: "indtræffer én gang for dem alle", en: "it occurs once for all of them" },
          },
          { value: "all", label: { da: "indtræffer hver især", en: "each of them occurs" } },
          { value: "skip", label: { da: "springes over", en: "they are skipped" } },
        ],
      },
      {
        attribute: "lateAfter",
        input: "text",
        label: { da: "Misset efter", en: "Missed after" },
        description: { da: "En varighed; tom: PT5M", en: "A duration; empty: PT5M" },
      },
    ],
  },
  {
    id: "kf-message",
    type: "kf:Message",
    label: { da: "Besked", en: "Message" },
    appliesTo: ["bpmn:Event"],
    waitsFor: "bpmn:MessageEventDefinition",
    fields: [
      {
        attribute: "reach",
        input: "select",
        label: { da: "Når beskeden kommer, tages den af", en: "When the message comes, it is taken by" },
        description: { da: "Siges af den, der venter", en: "Said by who waits" },
        options: [
          { value: "", label: { da: "(ikke valgt: én sag)", en: "(not set: one case)" } },
          { value: "one", label: { da: "én af de sager, der venter", en: "one of the cases that wait" } },
          { value: "every", label: { da: "hver sag, der venter", en: "every case that waits" } },
        ],
      },
      {
        attribute: "timeToLive",
        input: "text",
        label: { da: "En sendt besked venter på modtager", en: "A sent message waits for a receiver" },
        description: { da: "En varighed, fx P14D; tom: PT1H", en: "A duration, e.g. P14D; empty: PT1H" },
      },
    ],
  },
  {
    id: "kf-hjemmel",
    type: "kf:Hjemmel",
    label: { da: "Hjemmel", en: "Legal basis" },
    appliesTo: ["bpmn:Activity", "bpmn:Gateway", "bpmn:Event", "bpmn:Process"],
    fields: [
      {
        attribute: "text",
        input: "text",
        label: { da: "Bestemmelse", en: "Provision" },
        description: {
          da: "Fx straffuldbyrdelsesloven § 46, stk. 1",
          en: "E.g. straffuldbyrdelsesloven § 46(1)",
        },
      },
      {
        attribute: "origin",
        input: "select",
        label: { da: "Kilde", en: "Origin" },
        options: [
          NOT_SET,
          { value: "law", label: { da: "Lov eller forskrift", en: "Law or regulation" } },
          { value: "design", label: { da: "Valgt i designet (kan indstilles)", en: "Chosen in the design" } },
          { value: "background", label: { da: "Almindelig praksis", en: "Common practice" } },
        ],
      },
      FROM,
      {
        attribute: "gyldigTil",
        input: "text",
        label: { da: "Gælder til", en: "In force until" },
        description: { da: "åååå-mm-dd, tom: stadig", en: "yyyy-mm-dd, empty: still" },
      },
      { attribute: "note", input: "text", label: { da: "Note", en: "Note" } },
    ],
  },
  {
    id: "kf-four-eyes",
    type: "kf:FourEyes",
    label: { da: "Fire øjne", en: "Four eyes" },
    appliesTo: ["bpmn:UserTask"],
    fields: [
      {
        attribute: "differentFrom",
        input: "text",
        label: { da: "Må ikke udføres af den, der udførte", en: "Not by whoever completed" },
        description: {
          da: "Id på en eller flere opgaver, adskilt af mellemrum",
          en: "Ids of one or more tasks, separated by spaces",
        },
      },
    ],
  },
  {
    id: "kf-letter",
    type: "kf:Letter",
    label: { da: "Brev", en: "Letter" },
    appliesTo: ["bpmn:UserTask"],
    fields: [
      {
        attribute: "element",
        input: "select",
        label: { da: "Brevet dannes af", en: "The letter is made by" },
        description: {
          da: "Det brev, opgaven forbereder; det kan ses, før det udsendes",
          en: "The letter that the task prepares; it can be seen before it is issued",
        },
        options: [NOT_SET],
        choices: "letters",
      },
      {
        attribute: "element",
        expressionId: "expression",
        input: "feel",
        label: { da: "Eller efter svarene", en: "Or by the answers" },
        description: {
          da: 'Et udtryk, fx =if udfald = "afslag" then "DanNotat" else "DanBrev"',
          en: 'An expression, e.g. =if udfald = "afslag" then "DanNotat" else "DanBrev"',
        },
      },
    ],
    others: {
      label: { da: "Flere breve", en: "More letters" },
      item: { da: "Brev", en: "Letter" },
    },
  },
  {
    id: "kf-place",
    type: "kf:Place",
    label: { da: "Tjenestested", en: "Place" },
    appliesTo: ["bpmn:UserTask"],
    fields: [
      {
        attribute: "institution",
        input: "feel",
        label: { da: "Opgaven er for institutionen", en: "The task is for the institution" },
        description: {
          da: "Institutionens kode; tom: sagens egen institution",
          en: "Code of the institution; empty: that of the case",
        },
      },
    ],
  },
  {
    id: "kf-case",
    type: "kf:Case",
    label: { da: "Sag", en: "Case" },
    appliesTo: ["bpmn:Process"],
    fields: [
      { attribute: "type", input: "text", label: { da: "Sagstype", en: "Case type" } },
      {
        attribute: "legalDate",
        input: "feel",
        label: { da: "Skæringsdato", en: "Date that decides the law" },
      },
    ],
  },
  {
    id: "kf-access",
    type: "kf:Access",
    label: { da: "Beskyttet adgang", en: "Protected access" },
    appliesTo: ["bpmn:UserTask", "bpmn:Process"],
    fields: [
      {
        attribute: "class",
        input: "text",
        label: { da: "Beskyttelse", en: "Protected class" },
        description: { da: "Fx forurettet", en: "E.g. forurettet (victim)" },
      },
    ],
  },
  {
    id: "kf-milestone",
    type: "kf:Milestone",
    label: { da: "Milepæl", en: "Milestone" },
    appliesTo: ["bpmn:Activity", "bpmn:Event"],
    fields: [
      {
        attribute: "name",
        input: "text",
        label: { da: "Navn i sagens tidslinje", en: "Name in the timeline" },
      },
    ],
  },
];
