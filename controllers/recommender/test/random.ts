export { random } from '../src/backtest/random.ts';
