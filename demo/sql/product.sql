-- The products' own tables, two reports that take their time, and who may use what.
CREATE TABLE public.orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    merchant_id integer NOT NULL,
    user_id uuid NOT NULL,
    status text NOT NULL DEFAULT 'open',
    total numeric(12, 2) NOT NULL,
    note text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX orders_merchant_id_idx ON public.orders (merchant_id);

CREATE TABLE public.items (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id bigint NOT NULL REFERENCES public.orders,
    title text NOT NULL,
    quantity integer NOT NULL,
    price numeric(12, 2) NOT NULL
);
CREATE INDEX items_order_id_idx ON public.items (order_id);

CREATE TABLE public.payments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id bigint NOT NULL REFERENCES public.orders,
    provider text NOT NULL DEFAULT 'stripe',
    status text NOT NULL,
    total numeric(12, 2) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE public.events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title text NOT NULL,
    status text NOT NULL DEFAULT 'published',
    starts_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE public.registrations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id bigint NOT NULL REFERENCES public.events,
    user_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE public.user_roles (
    user_id uuid PRIMARY KEY,
    role text NOT NULL DEFAULT 'user',
    updated_by text NOT NULL DEFAULT '',
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- Supabase's audit table has no failed sign-ins: the product keeps its own, without names.
CREATE TABLE public.sign_in_attempts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_hash text NOT NULL,
    ip inet NOT NULL,
    outcome text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sign_in_attempts_created_at_idx ON public.sign_in_attempts (created_at);

CREATE TABLE public.audit_logs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id uuid,
    action text NOT NULL,
    details jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now()
);

-- Both really wait an hour for an archive that never comes, and cost the machine nothing.
CREATE VIEW public.merchant_totals AS
WITH archive AS MATERIALIZED (SELECT pg_sleep(3600))
SELECT o.merchant_id, count(*) AS items, sum(i.price) AS total
FROM archive, public.orders AS o
JOIN public.items AS i ON i.order_id = o.id
GROUP BY o.merchant_id;

CREATE VIEW public.payment_history AS
WITH archive AS MATERIALIZED (SELECT pg_sleep(3600))
SELECT p.created_at, p.total, p.status FROM archive, public.payments AS p;

GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO lma_api, billing;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO reports, authenticated, service_role;
-- For the business numbers, and no more than they need.
GRANT SELECT ON public.registrations, public.events, public.payments TO quarterdeck;
