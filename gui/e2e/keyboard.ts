import { expect, type Locator, type Page } from '@playwright/test';

/** Whether what has the focus shows it with a ring; that of the condition is around its whole bar. */
const ringed = () => {
  const element = document.activeElement;
  const framed = element?.closest('form[role=search]') && element.matches('input') ? element.closest('form[role=search] > div') : element;
  return !framed || framed === document.body || getComputedStyle(framed).outlineStyle !== 'none';
};

/** Moves the focus to a part of the page, step by step. At every step it must be seen what has it. */
export async function tabTo(page: Page, part: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab') {
  await expect(part).toBeVisible();
  for (let press = 0; press < 60; press++) {
    const here = await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200));
    expect(await page.evaluate(ringed), here).toBe(true);
    if (await part.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  throw new Error('the part of the page cannot be reached with the keyboard');
}
