export { BadOption, type DomainOptions, type FunctionName, type StepwellOptions } from './options';
export { StepwellStack } from './stack';
export { Stepwell } from './stepwell';
