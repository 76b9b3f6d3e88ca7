export { createLineSplitter, parseWatchLine, type LineSplitter, type WatchLine } from './json-stream/line-splitter.ts';
export {
  createListSplitter,
  type ListHead,
  type ListSplitter,
  type ListSplitterOptions,
} from './json-stream/list-splitter.ts';
