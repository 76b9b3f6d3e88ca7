/** As decisions, events and metrics name it. */
export const NAME = 'recommender';
