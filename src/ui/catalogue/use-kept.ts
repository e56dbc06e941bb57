/** The documents that this browser has kept, and the one that was just forgotten, which can be had back. */
import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import type { Shelf, ShelfEntry } from '../document/shelf.ts';

interface Forgotten {
  readonly title: string;
  readonly restore: () => Promise<void>;
}

export interface Kept {
  readonly entries: readonly ShelfEntry[];
  readonly forgotten: Forgotten | null;
  readonly forget: (entry: ShelfEntry) => Promise<void>;
}

export function useKept(shelf: Shelf): Kept {
  const { data, refetch } = useQuery({
    queryKey: ['shelf'],
    queryFn: () => shelf.list(),
    staleTime: 0,
  });
  const [forgotten, setForgotten] = useState<Forgotten | null>(null);
  const forget = async ({ slot, title }: ShelfEntry): Promise<void> => {
    const putBack = await shelf.take(slot);
    setForgotten({
      title,
      restore: async () => {
        await putBack();
        setForgotten(null);
        await refetch();
      },
    });
    await refetch();
  };
  return { entries: data ?? [], forgotten, forget };
}
