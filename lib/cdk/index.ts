export { StepwellActivity, type StepwellActivityProps } from './activity';
export { StepwellConnection, type StepwellConnectionProps } from './connection';
export { BadOption, type DomainOptions, type FunctionName, type StepwellOptions } from './options';
export { StepwellStack } from './stack';
export { StepwellStateMachine, type StepwellStateMachineProps } from './state-machine';
export { Stepwell } from './stepwell';
