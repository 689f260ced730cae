/** Version 4. `random` is in [0, 1). */
export function uuidFrom(random: () => number): string {
  let digits = '';
  for (let part = 0; part < 4; part++) {
    digits += Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  }
  const variant = '89ab'[Number.parseInt(digits[16]!, 16) & 3]!;
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    variant + digits.slice(17, 20),
    digits.slice(20),
  ].join('-');
}
