import { Progress } from "./progress.jsx";

export default async function Page({ params }) {
  const { id } = await params;
  return <Progress id={id} />;
}
