import { IsOptional, IsString } from 'class-validator';

export class DecideSetting {
  @IsOptional() @IsString() reason: string = '材料与名称或类目不符，请补充后重新提交';
}
