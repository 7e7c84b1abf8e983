// What a kind of element is called.
import type { Language } from "../bpmn/provider/fields";

const DANISH: Record<string, string> = {
  Process: "Proces",
  Participant: "Pulje",
  Lane: "Bane",
  StartEvent: "Start",
  TimerStartEvent: "Start på tid",
  MessageStartEvent: "Start ved besked",
  SignalStartEvent: "Start ved signal",
  ErrorStartEvent: "Start ved fejl",
  EscalationStartEvent: "Start ved eskalering",
  EndEvent: "Slut",
  MessageEndEvent: "Slut med besked",
  ErrorEndEvent: "Slut med fejl",
  EscalationEndEvent: "Slut med eskalering",
  SignalEndEvent: "Slut med signal",
  TerminateEndEvent: "Slut alt",
  Task: "Opgave",
  UserTask: "Brugeropgave",
  ServiceTask: "Automatisk opgave",
  SendTask: "Send",
  ReceiveTask: "Modtag",
  ScriptTask: "Beregning",
  BusinessRuleTask: "Beslutningstabel",
  ManualTask: "Manuel opgave",
  CallActivity: "Anden proces",
  SubProcess: "Delproces",
  ExclusiveGateway: "Valg",
  ParallelGateway: "Parallelt",
  InclusiveGateway: "Et eller flere",
  EventBasedGateway: "Vent på det første",
  SequenceFlow: "Vej",
  TimerIntermediateCatchEvent: "Vent på tid",
  MessageIntermediateCatchEvent: "Vent på besked",
  SignalIntermediateCatchEvent: "Vent på signal",
  LinkIntermediateCatchEvent: "Fortsæt her",
  IntermediateThrowEvent: "Hændelse",
  MessageIntermediateThrowEvent: "Send besked",
  SignalIntermediateThrowEvent: "Send signal",
  EscalationIntermediateThrowEvent: "Eskalér",
  LinkIntermediateThrowEvent: "Spring til",
  TimerBoundaryEvent: "Når tiden går",
  MessageBoundaryEvent: "Når besked kommer",
  ErrorBoundaryEvent: "Ved fejl",
  EscalationBoundaryEvent: "Ved eskalering",
  SignalBoundaryEvent: "Når signal kommer",
};

export function typeName(type: string, language: Language): string {
  if (language === "da" && DANISH[type]) return DANISH[type];
  const words = type.replace(/([a-z])([A-Z])/g, "$1 $2");
  return words.charAt(0) + words.slice(1).toLowerCase();
}
