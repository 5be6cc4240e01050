import { Anchor, Button, type ButtonProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';

/** A link to a place of the application. */
export const AnchorLink = createLink(Anchor<'a'>);

type ButtonAnchorProps = ButtonProps & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof ButtonProps> & { ref?: Ref<HTMLAnchorElement> };

/** A link to a place of the application that looks like a button. */
export const ButtonLink = createLink((props: ButtonAnchorProps) => <Button component="a" {...props} />);
