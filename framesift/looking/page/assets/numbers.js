"use strict";
// How much changed and how much was needed, in the words and with the digits of framesift/looking/numbers.py.
const describeScore = (() => {
  const NUMBER = new Intl.NumberFormat("en", { maximumFractionDigits: 20 });
  const shorten = (number, digits, whole) =>
    NUMBER.format(Number(whole && number >= 10 ? number.toFixed(digits - 2) : number.toPrecision(digits)));
  const tellApart = (first, second, whole) => {
    let digits = 2, texts;
    do {
      texts = [shorten(first, digits, whole), shorten(second, digits, whole)];
    } while (first !== second && texts[0] === texts[1] && digits++ < 16);
    return texts;
  };
  return (score, limit, area) => {
    const [changed, needed] = tellApart((100 * score) / Math.max(area, 1), (100 * limit) / Math.max(area, 1));
    return `changed ${changed} % of the picture, needed more than ${needed} % (${tellApart(score, limit, true).join(" px, ")} px)`;
  };
})();
